"""VNDB's API: what is asked, and what it is read into."""
