"""What the program can be told to do: a module a verb. `bot/__main__.py` has the table of them."""
