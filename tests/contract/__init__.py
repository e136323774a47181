"""One suite over every platform."""
