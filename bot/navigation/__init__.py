"""Pages: their addresses, what is pressed to get from one to another, and the frame around each."""
