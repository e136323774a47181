"""`konektor test`: does the configuration do what is expected of it? Needs no network and keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import FAILED, Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import count_of, print_json, print_line, tell
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.ports.expecting import Tried


def try_expectations(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]…", help="The tests; else *.test.yaml beside the configuration."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Try what is expected of the configuration: what is shared, held or answered, at which moment."""
    set_up_logs(debug=debug)
    brand = read_config(config)
    paths = files or sorted(config.parent.glob("*.test.yaml"))
    if not paths:
        raise Misused(f"there is no *.test.yaml beside {config}; docs/testing.md shows one")

    async def try_all() -> tuple[Tried, ...]:
        from bot.assemble import try_expectations

        return await try_expectations(brand, paths)

    tried = run(try_all)
    failed = [one for one in tried if not one.holds]
    if as_json:
        print_json([_fields_of(one) for one in tried])
    else:
        for one in tried:
            print_line(f"{'ok  ' if one.holds else 'FAIL'} {one.case.name}")
            for expected, came in one.differences:
                print_line(f"     {one.case.file}:{one.case.line}")
                print_line(f"     - expected {expected}", indent="       ")
                print_line(f"     + came     {came}", indent="       ")
        tell(f"{count_of(len(tried), 'test')}, {len(failed)} failed")
    if failed:
        raise typer.Exit(FAILED)


def _fields_of(one: Tried) -> dict[str, object]:
    return {
        "name": one.case.name,
        "file": one.case.file,
        "line": one.case.line,
        "ok": one.holds,
        "differences": [{"expected": expected, "came": came} for expected, came in one.differences],
    }
