"""The pages of VNDB's entries and lists, by their addresses."""
