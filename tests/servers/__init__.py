"""Local servers that speak a real protocol and misbehave on order."""
