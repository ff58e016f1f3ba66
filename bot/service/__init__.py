"""What every service's client is made of."""
