"""Local servers that speak the platforms' protocols over real HTTP and WebSocket."""
