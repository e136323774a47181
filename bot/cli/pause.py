"""`konektor pause` and `konektor resume`: the emergency stop; it takes hold before the next send in every process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.brand import Brand
from bot.cli.exits import Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_line, tell
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.ports.records import Pause

Scope = tuple[Literal["all", "community", "campaign"], str]
What = Annotated[
    str, typer.Argument(metavar="[all|COMMUNITY|CAMPAIGN]", help="all, or the key of a community or a campaign.")
]


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
    """Let go on what was paused under the same name."""
    _change(what, config, paused=False, why="", as_json=as_json, debug=debug)


def _change(what: str, config: ConfigOption, *, paused: bool, why: str, as_json: bool, debug: bool) -> None:
    set_up_logs(debug=debug)
    brand = read_config(config)
    scope, key = _scope_of(what, brand)

    async def change() -> list[Pause]:
        from bot.assemble import assembled
        from bot.campaigns.etiquette import name_paused
        from bot.flows.watch_reception import end_pause
        from bot.ports.records import Pause

        async with assembled(brand) as parts, parts.store.work(parts.brand.id) as work:
            if paused:
                await work.pauses.add(Pause(scope=scope, key=key, since=parts.clock.now(), reason=why))
            elif not await end_pause(scope, key, work=work):
                tell(f"there was no pause of {name_paused(scope, key)}")
            now = list(await work.pauses.all(parts.clock.now()))
            await work.commit()
        return now

    pauses = run(change)
    from bot.campaigns.etiquette import name_paused

    if as_json:
        print_json(
            [
                {"scope": one.scope, "key": one.key, "since": one.since, "until": one.until, "reason": one.reason}
                for one in pauses
            ]
        )
        return
    if not pauses:
        print_line("nothing is paused")
    for one in pauses:
        because = f" ({one.reason})" if one.reason else ""
        until = "" if one.until is None else f" until {one.until:%Y-%m-%d %H:%M} UTC"
        again = "`konektor resume`" if one.scope == "all" else f"`konektor resume {one.key}`"
        print_line(
            f"paused: {name_paused(one.scope, one.key)}, since {one.since:%Y-%m-%d %H:%M} UTC{until}{because}; "
            f"{again} ends it"
        )


def _scope_of(what: str, brand: Brand) -> Scope:
    if what == "all":
        return "all", ""
    if what in brand.communities:
        return "community", what
    if what in brand.campaigns:
        return "campaign", what
    known = ", ".join(["all", *brand.communities, *brand.campaigns])
    raise Misused(f'nothing is called "{what}"; name one of: {known}')
