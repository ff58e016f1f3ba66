"""Anime, manga and who made them, as cards."""
