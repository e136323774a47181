"""Files of chat history, read."""
