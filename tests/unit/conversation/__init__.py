"""Who is answered, and in which words."""
