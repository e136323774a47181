"""Pure parts, without any I/O; the folders mirror `bot/`."""
