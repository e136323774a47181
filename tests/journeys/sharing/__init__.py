"""Sharing from a feed's items to what stands in a community: the real flows and store, the sandbox, a moved clock."""
