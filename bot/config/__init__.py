"""The marketer's `config.yaml`: from text with places to `bot.brand.Brand`, with every error at once.

`load` is the one way in for check, plan, preview, run and reload, so they cannot disagree. YAML and pydantic models of
the file stay inside this package; nothing here talks to a platform, the network or the database.
"""
