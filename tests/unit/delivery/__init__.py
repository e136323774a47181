"""Sending: what fits, how fast, and what a failure means."""
