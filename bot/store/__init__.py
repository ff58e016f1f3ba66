"""What must survive a restart: settings, and which preview answers which message."""
