"""`konektor outbox`: what waits, what failed, what is uncertain."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs


def outbox(
    unknown: Annotated[bool, typer.Option("--unknown", help="Only what may or may not have arrived.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List the messages that are not settled, with the reason of each."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def read() -> list[dict[str, object]]:
        from bot.assemble import assembled

        async with assembled(brand) as parts, parts.store.read(parts.brand.id) as work:
            messages = await work.outbox.unsettled()
        return [
            {
                "id": message.id,
                "state": message.state,
                "kind": message.kind,
                "community": message.community,
                "created_at": message.created_at,
                "not_before": message.not_before,
                "attempt": message.attempt,
                "reason": message.reason,
                "text": "".join(span.text for span in message.body.spans),
            }
            for message in messages
            if not unknown or message.state == "unknown"
        ]

    rows = run(read)
    if as_json:
        print_json(rows)
    elif rows:
        from bot.cli.tables import print_table

        print_table(rows, ("id", "state", "kind", "community", "reason", "text"))
    elif unknown:
        tell("nothing is uncertain: of every message it is known whether it arrived")
    else:
        tell("nothing waits, nothing failed, nothing is uncertain")
