"""`konektor review`, `approve` and `reject`: the editors' queue on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.flows.decide_drafts import Decided

#: Who decides here; the account of the machine says no more than that.
_BY = "the command line"
DraftArgument = Annotated[str, typer.Argument(metavar="ID", help="The id that `konektor review` shows.")]
VersionOption = Annotated[
    int | None, typer.Option("--version", min=1, help="Decide on this version only. Default: the newest.")
]


def review(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False, debug: DebugOption = False) -> None:
    """List the drafts that wait for an editor, with exactly what will be posted."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def read() -> list[dict[str, object]]:
        from bot.assemble import assembled
        from bot.messages import text_of

        async with assembled(brand) as parts, parts.store.read(parts.brand.id) as work:
            drafts = await work.drafts.waiting()
            shares = {share.id: share for share in await work.shares.waiting()}
        return [
            {
                "id": draft.share_id,
                "version": draft.version,
                "community": shares[draft.share_id].community,
                "campaign": shares[draft.share_id].campaign,
                "asked_at": draft.asked_at,
                "expires_at": draft.expires_at,
                "text": text_of(draft.body.spans),
            }
            for draft in drafts
            if draft.share_id in shares
        ]

    rows = run(read)
    if as_json:
        print_json(rows)
    elif rows:
        from bot.cli.tables import print_table

        print_table(rows, ("id", "version", "community", "campaign", "expires_at", "text"))
    else:
        tell("no draft waits for an editor")


def approve(
    draft: DraftArgument,
    version: VersionOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Let a draft go out, as soon as its community welcomes it."""
    _decide(draft, version, None, config=config, as_json=as_json, debug=debug)


def reject(
    draft: DraftArgument,
    why: Annotated[str, typer.Option("--why", help="The reason, kept with it.")] = "",
    version: VersionOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Let a draft never go out, and keep the reason."""
    _decide(draft, version, why, config=config, as_json=as_json, debug=debug)


def _decide(
    draft: str, version: int | None, why: str | None, *, config: ConfigOption, as_json: bool, debug: bool
) -> None:
    """Decide on a draft: `why` is the reason of a rejection, None for an approval."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def decide() -> Decided:
        from bot.assemble import assembled
        from bot.flows.decide_drafts import approve, reject

        async with assembled(brand) as parts, parts.store.work(parts.brand.id) as work:
            now = parts.clock.now()
            if why is None:
                decided = await approve(draft, version, by=_BY, brand=parts.brand, work=work, now=now)
            else:
                decided = await reject(draft, version, by=_BY, why=why, brand=parts.brand, work=work, now=now)
            if not decided.ok:
                raise Misused(decided.reason)
            await work.commit()
        return decided

    decided = run(decide)
    if as_json:
        print_json([{"id": draft, "version": decided.version, "reason": decided.reason}])
    else:
        tell(decided.reason)
