"""Shiori, a Discord bot for visual-novel and anime communities."""

__version__ = "0.1.0"
