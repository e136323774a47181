"""What peers are given to do. Each script runs in its peer's own environment and imports nothing of the project."""
