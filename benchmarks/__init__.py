"""Every figure Konektor states about itself, one command each: `python -m benchmarks NAME [--json]`."""
