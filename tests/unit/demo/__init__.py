"""The sample brand as data."""
