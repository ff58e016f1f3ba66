"""Pictures, and lists of what they can be searched by."""
