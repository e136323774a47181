"""`konektor pause` and `konektor resume`: the emergency stop."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bot.brand import Brand
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, reporting, run, set_up_logs
from bot.errors import SettingsFault
from bot.ports.records import Pause

What = Annotated[str, typer.Argument(help="all, or the key of a community or a campaign.")]


def pause(
    what: What = "all",
    why: Annotated[str, typer.Option("--why", help="The reason, shown wherever something waits for it.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Send nothing more for all, one community or one campaign; it takes hold before the next send."""
    _change(what, config, paused=True, why=why, as_json=as_json, debug=debug)


def resume(
    what: What = "all",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Let go on what was paused."""
    _change(what, config, paused=False, why="", as_json=as_json, debug=debug)


def _change(what: str, config: ConfigOption, *, paused: bool, why: str, as_json: bool, debug: bool) -> None:
    set_up_logs(debug=debug)
    with reporting(as_json=as_json, debug=debug):
        brand = read_config(config)
        scope, key = _scope_of(what, brand)

    async def change() -> list[Pause]:
        from bot.assemble import assembled

        async with assembled(brand) as parts, parts.store.work(parts.brand.id) as work:
            if paused:
                await work.pauses.add(Pause(scope=scope, key=key, since=parts.clock.now(), reason=why))
            elif not await work.pauses.remove(scope, key):
                tell(f"{what} was not paused")
            now = list(await work.pauses.all())
            await work.commit()
        return now

    pauses = run(change, as_json=as_json, debug=debug)
    if as_json:
        print_json([{"scope": one.scope, "key": one.key, "since": one.since, "reason": one.reason} for one in pauses])
    else:
        names = ", ".join("everything" if one.scope == "all" else f"{one.scope} {one.key}" for one in pauses)
        tell(f"paused now: {names or 'nothing'}")


def _scope_of(what: str, brand: Brand) -> tuple[Literal["all", "community", "campaign"], str]:
    if what == "all":
        return "all", ""
    if what in brand.communities:
        return "community", what
    if what in brand.campaigns:
        return "campaign", what
    known = ", ".join(["all", *brand.communities, *brand.campaigns])
    raise SettingsFault(f"nothing is called {what}; name one of: {known}")
