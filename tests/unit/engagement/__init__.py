"""Who engages and who connects."""
