"""What people linked on a service, and the servers that they show it to."""
