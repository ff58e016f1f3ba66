"""Looking at the bot from outside: is it alive, does it serve, and how it stands. Imported only where PORT is set."""
