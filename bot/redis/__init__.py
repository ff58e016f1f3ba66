"""What the processes of one bot share, in a Redis or a Valkey. Nothing of it is imported where there is none."""
