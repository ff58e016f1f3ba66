"""A person's list on VNDB, taken elsewhere as a file, and brought from one."""
