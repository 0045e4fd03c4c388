"""What an account's administrators decided, and the record of who decided what."""
