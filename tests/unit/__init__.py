"""Tests of one part at a time, without I/O beyond a temporary folder."""
