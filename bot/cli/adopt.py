"""`konektor adopt`: places in which the bot was spoken to that no community names, and what to write to add one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_line
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.brand import Brand
    from bot.ports.records import StrangePlace


def adopt(
    place: Annotated[str | None, typer.Argument(metavar="[PLACE]", help="The id of one of them, as listed.")] = None,
    key: Annotated[str | None, typer.Option("--as", metavar="KEY", help="What to call the community.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List groups the bot was added to that no community names, or print the lines that add one; changes nothing."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def read() -> tuple[StrangePlace, ...]:
        from bot.assemble import assembled

        async with assembled(brand) as parts, parts.store.read(parts.brand.id) as work:
            return await work.places.all()

    named = {(one.place.posts.platform, one.place.posts.space) for one in brand.communities.values()}
    # what was added since is no stranger any more
    strange = [one for one in run(read) if (one.where.platform, one.where.space) not in named]
    if place is None:
        _list(strange, as_json=as_json)
        return
    found = [one for one in strange if one.where.space == place]
    if not found:
        known = ", ".join(one.where.space for one in strange) or "none so far"
        raise Misused(f'the bot was not spoken to in a place "{place}" that no community names; there are: {known}')
    lines = _lines_for(found[0], _check_key(key, brand), language=brand.languages[0])
    if as_json:
        print_json({"place": place, "platform": found[0].where.platform, "yaml": "\n".join(lines)})
        return
    print_line("\n".join(lines))


def _list(strange: list[StrangePlace], *, as_json: bool) -> None:
    rows = [
        {
            "place": one.where.space,
            "platform": one.where.platform,
            "channel": one.where.channel,
            "met_at": one.met_at,
            "told_at": one.told_at,
        }
        for one in strange
    ]
    if as_json:
        print_json(rows)
    elif not rows:
        print_line("the bot was spoken to in no place that config.yaml does not name")
    else:
        from bot.cli.tables import print_table

        shown = [{**row, "met_at": f"{one.met_at:%Y-%m-%d %H:%M} UTC"} for row, one in zip(rows, strange, strict=True)]
        print_table(shown, ("place", "platform", "channel", "met_at"))
        print_line("\n`konektor adopt PLACE --as KEY` prints the lines that add one")


def _check_key(key: str | None, brand: Brand) -> str:
    if key is None:
        raise Misused("say what to call the community: konektor adopt PLACE --as KEY")
    from bot.config.fields import check_key

    try:
        check_key(key)
    except ValueError as error:
        raise Misused(str(error)) from None
    if key in brand.communities:
        raise Misused(f'there is a community "{key}" already; choose another key')
    return key


def _lines_for(place: StrangePlace, key: str, *, language: str) -> list[str]:
    """Return the lines to add under `communities:`, which stands at the left edge."""
    from bot.assemble import platform_kinds

    kind = platform_kinds()[place.where.platform]
    return [
        f"  {key}:",
        f"    platform: {place.where.platform}",
        *(f"    {line}" for line in kind.write_address(place.where)),
        f"    language: {language}",
    ]
