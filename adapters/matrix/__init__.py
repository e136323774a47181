"""Matrix: one account on one homeserver, through matrix-nio; without end-to-end encryption."""
