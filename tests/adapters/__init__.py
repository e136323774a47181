"""Each platform's adapter: its events to our words, our words to its requests."""
