"""Why it does not work: one of named reasons, how sure it is, and what a person can do."""
