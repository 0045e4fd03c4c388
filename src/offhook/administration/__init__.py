"""What administrators of an account see and do: who is connected, who asked for help, what was lent."""
