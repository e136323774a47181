"""`konektor share --once`: one pass of the scheduler, dry unless it is told to send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import FAILED, Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.assemble import SharePass


def share(
    once: Annotated[bool, typer.Option("--once", help="One pass, then end.")] = False,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="The moment to act at (ISO 8601, UTC without an offset); else now."),
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Really queue and send; without it nothing is kept.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show what is due now and what it would say; with --send, share it."""
    if not once:
        raise Misused("say `konektor share --once`; the service that shares all the time is `konektor run`")
    moment = _parse_moment(at)
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def pass_once() -> SharePass:
        from bot.assemble import share_once

        return await share_once(brand, at=moment, send=send)

    passed = run(pass_once)
    lines: list[dict[str, object]] = [
        {
            "at": line.at,
            "community": line.community,
            "campaign": line.campaign,
            "post": line.post,
            "verdict": line.verdict,
            "reason": line.reason,
            "text": line.text,
        }
        for line in passed.lines
    ]
    if as_json:
        nowhere = {"at": None, "community": None, "campaign": None, "post": None}
        print_json([*lines, *({**nowhere, "verdict": "failed", "reason": why, "text": ""} for why in passed.faults)])
    else:
        for fault in passed.faults:
            tell(f"error: {fault}")
        _show(lines, send=send)
    if passed.faults:
        raise typer.Exit(FAILED)


def _show(lines: list[dict[str, object]], *, send: bool) -> None:
    if lines:
        from bot.cli.tables import print_table

        print_table(lines, ("community", "campaign", "post", "verdict", "reason", "text"))
    else:
        tell("nothing is due; `konektor plan` shows what is to come, and --at TIME tries another moment")
    if not send:
        tell("a dry pass: nothing was sent and no slot was used up; --send does it")


def _parse_moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Misused(f"--at {text}: not a moment; write 2026-11-25T09:00+07:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
