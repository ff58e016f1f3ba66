"""The entries of VNDB, as cards and lists."""
