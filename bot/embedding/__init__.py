"""Texts into vectors: the embedders that need no key and no network, and where they run.

    models   what runs in the worker process: the models themselves, loaded there at their first text
    local    the port over them, for the process that asks

Nothing here knows what is embedded or what the vectors are used for.
"""
