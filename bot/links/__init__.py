"""What a text or a message links to."""
