"""`konektor outbox`: what waits, what failed, what is uncertain; and the decision of a person about it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exits import Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs

app = typer.Typer(help="What waits, what failed, what is uncertain.", invoke_without_command=True)
MessageArgument = Annotated[str, typer.Argument(metavar="ID", help="The id that `konektor outbox` shows.")]


@app.callback()
def outbox(
    context: typer.Context,
    unknown: Annotated[bool, typer.Option("--unknown", help="Only what may or may not have arrived.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List the messages that are not settled, with the reason of each."""
    if context.invoked_subcommand is not None:
        return
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def read() -> list[dict[str, object]]:
        from bot.assemble import assembled
        from bot.messages import text_of

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
                "text": text_of(message.body.spans),
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


@app.command()
def resend(
    message: MessageArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Send a failed or unknown message once more, at the end of its lane: you have looked, and it is not there."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def queue_anew() -> tuple[str, ...]:
        from bot.assemble import assembled
        from bot.ids import new_id

        async with assembled(brand) as parts, parts.store.work(parts.brand.id) as work:
            now = parts.clock.now()
            ids = await work.outbox.resend(message, lambda: new_id(now), now)
            if not ids:
                raise Misused(f"no message {message} that failed or is unknown; `konektor outbox` lists them")
            await work.commit()
        return ids

    ids = run(queue_anew)
    if as_json:
        print_json([{"id": new, "state": "pending"} for new in ids])
    else:
        tell(f"queued anew as {', '.join(ids)}; the running service sends it")


@app.command()
def drop(
    message: MessageArgument,
    why: Annotated[str, typer.Option("--why", help="The reason, kept with it.")] = "dropped by hand",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Let a message go: it has arrived after all, or is not wanted any more."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def let_go() -> None:
        from bot.assemble import assembled

        async with assembled(brand) as parts, parts.store.work(parts.brand.id) as work:
            if not await work.outbox.drop(message, why):
                raise Misused(f"no message {message} that waits, failed or is unknown; `konektor outbox` lists them")
            await work.commit()

    run(let_go)
    if as_json:
        print_json([{"id": message, "state": "dropped", "reason": why}])
    else:
        tell(f"dropped {message}")
