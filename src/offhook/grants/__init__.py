"""What an agent let us do in HubSpot: consent, tokens, and rights that were only lent."""
