"""Replies to messages with links: they come, change and go with them."""
