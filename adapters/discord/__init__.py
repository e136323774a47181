"""Discord: one bot account, through discord.py's gateway connection and Discord's REST API v10.

`import discord` always means the SDK: this package is `adapters.discord` and is imported by its full name only.
"""
