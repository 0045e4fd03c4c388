"""What a call is: pure values and rules; only `store` knows a database."""
