"""`konektor chat`: talk to the bot in the terminal, as a member of one of its communities, and see why it spoke."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot.brand import Brand
from bot.cli.exits import Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption
from bot.cli.output import tell
from bot.cli.running import read_config, run, set_up_logs


def chat(
    community: Annotated[
        str | None, typer.Option("--community", help="Whose member you are; the first without it.")
    ] = None,
    name: Annotated[str, typer.Option("--as", help="What you are called.")] = "you",
    config: ConfigOption = DEFAULT_CONFIG,
    debug: DebugOption = False,
) -> None:
    """Talk to the bot in this terminal. Nothing is shared, and nothing of it is kept afterwards."""
    set_up_logs(debug=debug)
    brand = read_config(config)
    key = community or next(iter(brand.communities))
    if key not in brand.communities:
        raise Misused(f'no community "{key}"; there are: {", ".join(brand.communities)}')

    async def talk() -> None:
        from bot.assemble import build_console, serving
        from bot.clock import SystemClock

        with tempfile.TemporaryDirectory(prefix="konektor-chat-") as folder:
            clock = SystemClock()
            console = build_console(key, brand, clock=clock, speaker=name)
            there = _in_terminal(brand, key, Path(folder))
            if sys.stdin.isatty():
                tell(f"You are {name} in {key}, and every line is said to {brand.bot_name}. /help, /quit.")
            async with serving(
                there,
                clock=clock,
                platforms={console.name: console},
                stop_when_left=True,
                notice=lambda why, _channel, _message: tell(f"  · {why}"),
            ) as (service, _, _):
                await service.run()

    run(talk)


def _in_terminal(brand: Brand, key: str, folder: Path) -> Brand:
    """Return the brand with this one community, moved into the terminal, and a store of its own that is thrown away."""
    from bot.assemble import console_place

    place = console_place(key)
    community = replace(brand.communities[key], platform=place.posts.platform, place=place)
    return replace(brand, communities={key: community}, campaigns={}, store_url=f"sqlite:///{folder / 'chat.db'}")
