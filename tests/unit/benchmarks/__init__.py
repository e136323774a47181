"""How figures are taken."""
