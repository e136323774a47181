"""What is said to whom: pure decisions on what was heard, and the words of the answer.

Here belong who is spoken to, which command was given, when to stay silent, and every text members read. Nothing here
knows a platform, reads the database or searches the brand's material.
"""
