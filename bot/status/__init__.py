"""How it stands with what the bot depends on, for everybody: which services answer, and until when one does not."""
