"""Where templates run, whether they are tried or sent. Apart, since whoever only tries one needs nothing else."""

from __future__ import annotations

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment


def environment() -> SandboxedEnvironment:
    """Return the sandbox: unknown names are errors, and nothing is escaped since nothing is markup."""
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
