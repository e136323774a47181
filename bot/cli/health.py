"""`konektor health`: how the running service is, as its own dashboard says."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli.exits import FAILED
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json
from bot.cli.running import read_config, run, set_up_logs
from bot.errors import SettingsFault


def health(
    strict: Annotated[bool, typer.Option("--strict", help="Fail also when it is degraded.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Ask the running service how each of its parts is; ends with 1 when it is down."""
    set_up_logs(debug=debug)
    settings = read_config(config).web
    if settings is None:
        raise SettingsFault('health is asked of the dashboard; add web: {bind: "127.0.0.1:8080"}')

    async def ask() -> dict[str, Any]:
        from bot.web.ask import ask_ready

        return await ask_ready(settings)

    found = run(ask)
    if as_json:
        print_json(found)
    else:
        from bot.cli.tables import print_table

        rows = [{"part": name, **part} for name, part in found["parts"].items()]
        print_table([{"part": "all", "state": found["status"]}, *rows], ("part", "state", "reason"))
    if found["status"] == "down" or (strict and found["status"] != "ok"):
        raise typer.Exit(FAILED)
