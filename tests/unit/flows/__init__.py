"""The flows, over a real SQLite store and a clock that is moved by hand."""
