"""The conversation core of Konektor: decisions, flows, the store and the command line.

Nothing here knows a platform's SDK; platforms live in `adapters` and meet the core at `bot.ports`.
"""
