"""The dashboard for the brand's own people, the sandbox they try the bot in, and what machines ask: health, metrics.

`site` says what it is made of, `app` puts the routes together, `serve` runs them in the service's loop. It reads
through the flows and the store's port, and what it changes, a person has asked for by a button.
"""
