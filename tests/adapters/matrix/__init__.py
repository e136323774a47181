"""The Matrix adapter, part by part."""
