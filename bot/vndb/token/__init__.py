"""Linking one's VNDB token: the screen that explains it, the modal that takes it, and what forgets it."""
