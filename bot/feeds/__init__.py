"""Reading feeds: fetch an address safely, turn bytes into items, and tell whether an item is one we know.

`fetch` alone does I/O; everything else is pure. What happens to an item afterwards (remember, share) is not here.
"""
