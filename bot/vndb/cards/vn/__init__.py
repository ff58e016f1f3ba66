"""The pages of one visual novel."""
