"""The same promises proven over every class that makes them."""
