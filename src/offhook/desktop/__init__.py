"""What the agent gets: who is calling, the call on her panel, the log on the timeline."""
