"""One suite over every adapter and over both databases."""
