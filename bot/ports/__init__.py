"""What the core asks of the world outside it, as small Protocols. Each docstring is the contract.

`platform` is met by adapters, `store` by `bot.store`, `reading` by `bot.feeds`, `answering` by `bot.knowledge`,
`compute` by `bot.compute`. Who meets which is decided in `bot.assemble` alone.
"""
