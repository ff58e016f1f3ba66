"""A sample E-Hentai."""
