"""The pages of a gallery."""
