"""What is asked, and what it is read into."""
