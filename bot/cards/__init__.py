"""What every card is made of. Nothing here knows a service."""
