"""`konektor poll`: read the feeds once, and say what is new and why each item is or isn't."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exits import FAILED
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_table, tell
from bot.cli.running import read_config, reporting, run, set_up_logs
from bot.errors import SettingsFault


def poll(
    source: Annotated[str | None, typer.Option("--source", help="One feed's key; all without it.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Read feeds once and remember their items; nothing is posted."""
    set_up_logs(debug=debug)
    with reporting(as_json=as_json, debug=debug):
        brand = read_config(config)

    async def read() -> tuple[list[dict[str, object]], list[str]]:
        from bot.assemble import assembled
        from bot.brand import FeedSource
        from bot.flows.poll_feed import poll_feed

        feeds = [one for one in brand.sources.values() if isinstance(one, FeedSource) and source in (None, one.key)]
        if not feeds:
            known = ", ".join(one.key for one in brand.sources.values() if isinstance(one, FeedSource)) or "none"
            raise SettingsFault(f"no feed source {source or ''}; the feeds of this configuration: {known}")
        lines: list[dict[str, object]] = []
        faults = []
        async with assembled(brand) as parts:
            for feed in feeds:
                seen = await poll_feed(
                    feed,
                    brand_id=parts.brand.id,
                    store=parts.store,
                    fetcher=parts.fetcher,
                    compute=parts.compute,
                    clock=parts.clock,
                )
                if seen.fault:
                    faults.append(f"{feed.key}: {seen.fault}")
                elif seen.unchanged:
                    tell(f"{feed.key}: nothing has changed since the last reading")
                lines += [
                    {
                        "source": feed.key,
                        "verdict": sighting.verdict,
                        "title": post.title,
                        "link": post.link,
                        "published_at": post.published_at,
                        "reason": sighting.reason,
                        "evidence": list(sighting.evidence),
                    }
                    for post, sighting in seen.sightings
                ]
        return lines, faults

    lines, faults = run(read, as_json=as_json, debug=debug)
    if as_json:
        print_json(lines)
    else:
        print_table(lines, ("source", "verdict", "title", "reason"))
    for fault in faults:
        tell(f"error: {fault}")
    if faults:
        raise typer.Exit(FAILED)
