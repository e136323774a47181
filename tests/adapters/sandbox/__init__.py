"""The community in memory."""
