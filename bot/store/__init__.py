"""What must survive a restart: settings, which preview answers which message, what is followed and was told."""
