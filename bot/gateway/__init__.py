"""The connection to Discord's gateway: when it is lost, and when it is given up."""
