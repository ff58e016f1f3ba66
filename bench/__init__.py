"""Measurements of what the bot promises, beside ready-made parts where there are any: `python -m bench`."""
