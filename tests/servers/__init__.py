"""Local servers that speak the platforms' own protocols on loopback."""
