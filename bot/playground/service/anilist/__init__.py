"""A sample AniList."""
