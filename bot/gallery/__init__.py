"""Galleries of E-Hentai."""
