"""What the core asks of the world outside it, as small Protocols. Each docstring is the contract.

`platform` is met by adapters, `store` by `bot.store`, `reading` by `bot.feeds`, `answering` by `bot.knowledge`,
`running` by the clock and the worker process. Who meets which is decided in `bot.assemble` alone.
"""
