"""The sandbox that marketers' templates run in: alone, so that a check can try one and load nothing else."""

from __future__ import annotations

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment


def environment() -> SandboxedEnvironment:
    """Return the sandbox templates run in: unknown names are errors, nothing is escaped since nothing is markup."""
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
