"""What people follow, and the notices that tell of it."""
