"""Galleries and their torrents, as cards."""
