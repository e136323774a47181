"""How files of chat history are read: streams in, messages out, one at a time.

What an export of one platform means is that platform's adapter's to say; what becomes of a message, the flow's.
"""
