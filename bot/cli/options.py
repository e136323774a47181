"""What every command understands alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path,
    typer.Option(
        "-c",
        "--config",
        envvar="KONEKTOR_CONFIG",
        metavar="FILE",
        help="The configuration to read.",
        show_default=True,
    ),
]
ConfigArgument = Annotated[
    Path | None, typer.Argument(metavar="[CONFIG]", help="The same as --config.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead, errors too.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show more of what happens, tracebacks included.")]
CommunityOption = Annotated[
    str | None, typer.Option("--community", metavar="KEY", help="One community's key; all without it.")
]

DEFAULT_CONFIG = Path("config.yaml")
