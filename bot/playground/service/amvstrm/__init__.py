"""A sample amvstrm."""
