"""Servers that tests start by themselves, on loopback or a local socket."""
