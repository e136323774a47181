"""`konektor share --once`: one pass of the scheduler, dry unless it is told to send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.cli.exits import USAGE
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_table, tell
from bot.cli.running import read_config, reporting, run, set_up_logs


def share(
    once: Annotated[bool, typer.Option("--once", help="One pass, then end.")] = False,
    at: Annotated[str | None, typer.Option("--at", help="The moment to act at (ISO 8601); now without it.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Really queue and send; without it nothing is kept.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Read the feeds, decide what is due, and show (or with --send post) what goes out, and why the rest does not."""
    if not once:
        tell("say `konektor share --once`; the service that shares all the time is `konektor run`")
        raise typer.Exit(USAGE)
    set_up_logs(debug=debug)
    with reporting(as_json=as_json, debug=debug):
        brand = read_config(config)
    moment = _parse_moment(at)

    async def pass_once() -> list[dict[str, object]]:
        from bot.assemble import share_once

        return [
            {
                "at": line.at,
                "community": line.community,
                "campaign": line.campaign,
                "post": line.post,
                "verdict": line.verdict,
                "reason": line.reason,
                "text": line.text,
            }
            for line in await share_once(brand, at=moment, send=send)
        ]

    lines = run(pass_once, as_json=as_json, debug=debug)
    if as_json:
        print_json(lines)
    elif lines:
        print_table(lines, ("community", "campaign", "post", "verdict", "reason", "text"))
    else:
        tell("nothing is due now; `konektor plan` shows what is to come")
    if not send:
        tell("a dry pass: nothing was sent and no slot was used up; --send does it")


def _parse_moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        tell(f"--at {text}: not a moment; write 2026-11-25T09:00+07:00")
        raise typer.Exit(USAGE) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
