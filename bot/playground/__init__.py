"""A Discord and a set of services on loopback with sample data: the bot runs with no token and no network."""
