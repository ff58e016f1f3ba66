"""Options of commands: declared, completed while they are typed, and read."""
