"""The pure parts of `bot.feeds`."""
