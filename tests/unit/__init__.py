"""Pure parts, without I/O; mirrors `bot`."""
