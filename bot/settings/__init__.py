"""The panels in which settings are chosen."""
