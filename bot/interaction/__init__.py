"""How an interaction is answered: in time, once, and with a sentence when it cannot be."""
