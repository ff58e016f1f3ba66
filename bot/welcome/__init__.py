"""The first minute: what the bot can do, and what those who manage a server choose first."""
