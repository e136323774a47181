"""How property tests run here."""

from __future__ import annotations

from hypothesis import settings

# A slow moment of the machine is no failure: no test asserts a timing.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
