"""`konektor communities`: how welcome the bot is in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.flows.read_reception import CommunityReception


def communities(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False, debug: DebugOption = False) -> None:
    """List the communities, how welcome the bot is in each (0 to 100), and what their link budget holds."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def read() -> list[dict[str, object]]:
        from bot.assemble import assembled
        from bot.flows.read_reception import read_receptions

        async with assembled(brand) as parts, parts.store.read(parts.brand.id) as work:
            found = await read_receptions(parts.brand, work=work, now=parts.clock.now())
            return [_row_of(one) for one in found]

    rows = run(read)
    if as_json:
        print_json(rows)
        return
    from bot.cli.tables import print_table

    columns = (
        "community",
        "acceptance",
        "posts",
        "answers",
        "liked",
        "disliked",
        "replied",
        "clicks",
        "removed",
        "budget",
    )
    print_table([{**row, "budget": row["budget_reason"]} for row in rows], columns)


def _row_of(one: CommunityReception) -> dict[str, object]:
    from bot.campaigns.budget import describe_account

    return {
        "community": one.community,
        "acceptance": _rounded(one.acceptance),
        "posts": one.posts,
        "answers": one.answers,
        "liked": one.liked,
        "disliked": one.disliked,
        "replied": one.replied,
        "clicks": one.clicks,
        "removed": one.removed,
        "budget": None if one.account is None else one.account.balance,
        "budget_reason": "no account is kept" if one.account is None else describe_account(one.account),
        "by_week": [{"until": at.isoformat(), "acceptance": _rounded(figure)} for at, figure in one.by_week],
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1)
