"""`konektor plan`: every post to come, or why not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs


def plan(
    config: ConfigOption = DEFAULT_CONFIG,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far to look ahead.")] = 7,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show every post to come: when, where, which, or why not."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def look() -> list[dict[str, object]]:
        from bot.assemble import assembled
        from bot.flows.foresee_posts import foresee_posts

        async with assembled(brand) as parts:
            lines = await foresee_posts(parts.brand, store=parts.store, now=parts.clock.now(), days=days)
        return [
            {
                "at": line.at,
                "local": _local(line.at.astimezone(brand.communities[line.community].timezone)),
                "community": line.community,
                "campaign": line.campaign,
                "post": line.post,
                "verdict": line.verdict,
                "reason": line.reason,
            }
            for line in lines
        ]

    lines = run(look)
    if as_json:
        print_json(lines)
    elif lines:
        from bot.cli.tables import print_table

        print_table([{**line, "what": _what(line)} for line in lines], ("local", "community", "campaign", "what"))
    else:
        tell(f"nothing is planned for the next {days} days: no campaign is enabled, or none has a slot")


def _local(at: datetime) -> str:
    return f"{at:%a %d %b %H:%M %Z}"


def _what(line: dict[str, object]) -> str:
    """What a slot brings, for people: the post, or why there is none, or why it goes out later."""
    match line["verdict"]:
        case "share":
            return str(line["post"])
        case "nothing":
            return str(line["reason"])
        case verdict:
            return f"{line['post']} ({verdict}: {line['reason']})"
