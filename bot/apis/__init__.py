"""One module per service: models, pure building and parsing, and a thin class of coroutines."""
