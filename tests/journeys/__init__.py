"""Whole ways through the product, over real connections on loopback."""
