"""Visual novels: all that VNDB knows."""
