"""The architecture as tests: what may import what, which files belong together, which words stay out."""
