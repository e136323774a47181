"""`konektor poll`: read the feeds once, and say what is new and why each item is or isn't."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.brand import Brand, FeedSource
from bot.cli.exits import FAILED, Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.flows.poll_feed import Poll


def poll(
    source: Annotated[
        str | None, typer.Option("--source", metavar="KEY", help="One feed's key; all without it.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Read feeds once and remember their items; nothing is posted."""
    set_up_logs(debug=debug)
    brand = read_config(config)
    feeds = _choose_feeds(brand, source)

    async def read() -> list[Poll]:
        from bot.assemble import assembled, poll_feeds

        async with assembled(brand) as parts:
            return list(await poll_feeds(parts, feeds))

    polls = run(read)
    failed = [seen for seen in polls if seen.fault]
    lines = [line for seen in polls for line in _lines_of(seen)]
    if as_json:
        print_json(lines)
    elif any(seen.sightings for seen in polls):
        from bot.cli.tables import print_table

        print_table([line for line in lines if line["verdict"] != "failed"], ("source", "verdict", "title", "reason"))
    if not as_json:
        for seen in polls:
            if seen.unchanged:
                tell(f"{seen.source}: nothing has changed since the last reading")
            elif seen.fault:
                tell(f"error: {seen.source}: {seen.fault}")
    if failed:
        raise typer.Exit(FAILED)


def _choose_feeds(brand: Brand, source: str | None) -> list[FeedSource]:
    feeds = [one for one in brand.sources.values() if isinstance(one, FeedSource)]
    chosen = [one for one in feeds if source in (None, one.key)]
    if not feeds:
        raise Misused("this configuration has no feed; add a source of type: feed")
    if not chosen:
        raise Misused(f'no feed "{source}"; there are: {", ".join(one.key for one in feeds)}')
    return chosen


def _lines_of(seen: Poll) -> list[dict[str, object]]:
    """What a feed gave, an item each; a feed that could not be read is one line that says so."""
    if seen.fault:
        return [
            {
                "source": seen.source,
                "verdict": "failed",
                "title": None,
                "link": None,
                "published_at": None,
                "reason": seen.fault,
                "evidence": [],
            }
        ]
    return [
        {
            "source": seen.source,
            "verdict": sighting.verdict,
            "title": post.title,
            "link": post.link,
            "published_at": post.published_at,
            "reason": sighting.reason,
            "evidence": list(sighting.evidence),
        }
        for post, sighting in seen.sightings
    ]
