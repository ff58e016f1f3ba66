"""Anime pictures of the Nekos API."""
