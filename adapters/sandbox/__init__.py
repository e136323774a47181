"""A community in memory: the platform that needs no account, for trying out, showing and testing."""
