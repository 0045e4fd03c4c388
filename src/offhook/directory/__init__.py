"""Who has this number, as far as we know already."""
