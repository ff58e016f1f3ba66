"""Pages: what is asked for an address, and how it is shown. Every command, button and select leads to one."""
