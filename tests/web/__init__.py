"""The dashboard: what its answers hold, asked over ASGI; and one journey with a real browser."""
