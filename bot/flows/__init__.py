"""One use case per file: read, let the pure parts decide, write back in one transaction.

Flows know ports, never the classes behind them, and send nothing themselves but through `deliver_posts`.
"""
