"""`konektor announce` and `konektor unshare`: a one-off post, and taking a post back."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs


def announce(
    text: Annotated[str, typer.Argument(help="What to say, word for word.")],
    to: Annotated[list[str], typer.Option("--to", help="A community's key; several times for several, or a,b.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Say something once, when each community welcomes it."""
    set_up_logs(debug=debug)
    brand = read_config(config)
    communities = [key.strip() for given in to for key in given.split(",") if key.strip()]

    async def draft() -> list[dict[str, object]]:
        from bot.assemble import assembled
        from bot.flows.announce import announce as announce_in

        async with assembled(brand) as parts:
            holds = await announce_in(parts.brand, text, communities, store=parts.store, clock=parts.clock)
        return [
            {
                "community": key,
                "verdict": "share" if hold is None else "hold",
                "until": None if hold is None else hold.until,
                "reason": "welcome now" if hold is None else hold.reason,
            }
            for key, hold in holds.items()
        ]

    rows = run(draft)
    if as_json:
        print_json(rows)
    else:
        from bot.cli.tables import print_table

        print_table(rows, ("community", "verdict", "until", "reason"))
    tell("the running service posts it within a minute of its being welcome")


def unshare(
    post: Annotated[str, typer.Argument(help="The post's link, title or id.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Take a post back everywhere it can be deleted, and say where it can't."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def take_back() -> list[dict[str, object]]:
        from bot.assemble import assembled, deleting_platforms
        from bot.flows.unshare import unshare as unshare_in

        async with assembled(brand) as parts:
            able = deleting_platforms(parts.brand, parts.clock)
            taken = await unshare_in(parts.brand, post, store=parts.store, deleting=able, clock=parts.clock)
        return [
            {"community": one.community, "post": one.post, "by_hand": one.by_hand, "what": one.what} for one in taken
        ]

    rows = run(take_back)
    if as_json:
        print_json(rows)
    elif rows:
        from bot.cli.tables import print_table

        print_table(rows, ("community", "post", "what"))
        tell("the running service deletes what can be deleted")
    else:
        tell("it is known, but was never shared")
