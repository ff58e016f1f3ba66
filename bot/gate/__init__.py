"""What was chosen for a server, a channel or a person, and what may be shown where because of it."""
