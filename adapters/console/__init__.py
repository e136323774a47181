"""The terminal as a community of one: talk to the bot where it runs."""
