"""Who is on the phone."""
