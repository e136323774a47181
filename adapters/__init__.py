"""One folder per platform; each turns its SDK's events into `bot.messages` and `bot.messages` into SDK calls."""
