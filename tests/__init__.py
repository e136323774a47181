"""What Konektor promises, one truth per test."""
