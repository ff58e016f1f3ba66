"""A sample VNDB."""
