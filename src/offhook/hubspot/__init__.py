"""HubSpot: contacts found and made, calls logged, refusals understood. Rate limits kept, nothing retried in secret."""
