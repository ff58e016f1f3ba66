"""amvstrm, as far as it answers."""
