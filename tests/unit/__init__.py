"""Mirrors `bot`; no input or output."""
