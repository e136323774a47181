"""`konektor members` and `konektor connectors`: who engages, and who connects."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from bot.cli.exits import Misused
from bot.cli.options import DEFAULT_CONFIG, CommunityOption, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.assemble import Assembly

#: What is said of an empty list.
NO_MEMBERS = "nobody yet: the list fills as people write where the bot is"
NO_CONNECTORS = (
    "nobody bridges groups clearly enough to be named yet; engagement.connectors.min_people says how many different "
    "people somebody must have talked with"
)

Rows = list[dict[str, object]]


def members(
    community: CommunityOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List who engages, best first, under the names they allow."""

    async def rank(parts: Assembly) -> Rows:
        from bot.flows.rank_members import rank_members

        async with parts.store.read(parts.brand.id) as work:
            ranks = await rank_members(
                parts.brand, parts.known, work=work, community=community, now=parts.clock.now(), word="member"
            )
        return [
            {
                "member": one.member.id,
                "name": one.name,
                "platform": one.member.platform,
                "score": round(one.score, 2),
                "level": one.level,
                "messages": one.messages,
                "reasons": list(one.reasons),
            }
            for one in ranks
        ]

    columns = ("name", "platform", "score", "level", "messages", "reasons")
    _list(rank, columns, NO_MEMBERS, community, config, as_json=as_json, debug=debug)


def connectors(
    community: CommunityOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List who bridges groups of people, best first, with the reasons in words."""

    async def rank(parts: Assembly) -> Rows:
        from bot.flows.rank_members import rank_connectors

        async with parts.store.read(parts.brand.id) as work:
            found = await rank_connectors(
                parts.brand,
                parts.known,
                work=work,
                compute=parts.compute,
                community=community,
                now=parts.clock.now(),
                word="member",
            )
        return [
            {
                "member": one.member.id,
                "name": name,
                "platform": one.member.platform,
                "rank": one.rank,
                "interval": list(one.interval),
                "score": round(one.score, 4),
                "reasons": list(one.reasons),
            }
            for name, one in found
        ]

    columns = ("rank", "name", "interval", "reasons")
    _list(rank, columns, NO_CONNECTORS, community, config, as_json=as_json, debug=debug)


def _list(
    rank: Callable[[Assembly], Coroutine[Any, Any, Rows]],
    columns: tuple[str, ...],
    nobody: str,
    community: str | None,
    config: ConfigOption,
    *,
    as_json: bool,
    debug: bool,
) -> None:
    set_up_logs(debug=debug)
    brand = read_config(config)
    if community is not None and community not in brand.communities:
        raise Misused(f'no community "{community}"; there are: {", ".join(brand.communities)}')

    async def read() -> Rows:
        from bot.assemble import assembled

        async with assembled(brand) as parts:
            return await rank(parts)

    rows = run(read)
    if as_json:
        print_json(rows)
    elif rows:
        from bot.cli.tables import print_table

        print_table(rows, columns)
    else:
        tell(nobody)
