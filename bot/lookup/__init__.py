"""What people type, led to a page of any service."""
