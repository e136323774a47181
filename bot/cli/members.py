"""`konektor members` and `konektor connectors`: who engages, and who connects."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from bot.cli.options import DEFAULT_CONFIG, CommunityOption, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_table, tell
from bot.cli.running import read_config, reporting, run, set_up_logs
from bot.errors import SettingsFault

if TYPE_CHECKING:
    from bot.assemble import Assembly

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

    _list(rank, ("name", "score", "level", "messages", "reasons"), community, config, as_json=as_json, debug=debug)


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

    _list(rank, ("rank", "name", "interval", "reasons"), community, config, as_json=as_json, debug=debug)


def _list(
    rank: Callable[[Assembly], Coroutine[Any, Any, Rows]],
    columns: tuple[str, ...],
    community: str | None,
    config: ConfigOption,
    *,
    as_json: bool,
    debug: bool,
) -> None:
    set_up_logs(debug=debug)
    with reporting(as_json=as_json, debug=debug):
        brand = read_config(config)
        if community is not None and community not in brand.communities:
            raise SettingsFault(f"no community {community}; there are: {', '.join(brand.communities)}")

    async def read() -> Rows:
        from bot.assemble import assembled

        async with assembled(brand) as parts:
            return await rank(parts)

    rows = run(read, as_json=as_json, debug=debug)
    if as_json:
        print_json(rows)
    elif rows:
        print_table(rows, columns)
    else:
        tell("nobody yet: the list fills as people talk to each other where the bot is")
