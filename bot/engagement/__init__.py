"""Who engages and who connects: pure sums over the event log.

Here belong scores, levels, connectors and what is said about them. Nothing here reads the database, the clock or a
platform; events come in as `logged.LoggedEvent` and every "now", zone and key is passed.
"""
