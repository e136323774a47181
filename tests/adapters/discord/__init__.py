"""The Discord adapter, through the real discord.py against a Discord on loopback."""
