"""The parts of the core one by one; nothing here does I/O."""
