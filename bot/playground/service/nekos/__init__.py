"""A sample Nekos API."""
