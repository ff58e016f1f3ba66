"""Models into cards, errors into sentences. Everything here is pure: no awaiting, no I/O."""
