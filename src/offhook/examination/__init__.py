"""The questions of the diagnosis, asked of the rooms that know the answers."""
