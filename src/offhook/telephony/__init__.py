"""Phone systems: one protocol, and a folder for each vendor."""
