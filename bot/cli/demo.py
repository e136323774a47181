"""`konektor demo`: a week of the sample brand in one minute."""

from __future__ import annotations

import logging

from bot.cli.options import DebugOption, JsonOption
from bot.cli.output import print_json
from bot.cli.running import run, set_up_logs


def demo(as_json: JsonOption = False, debug: DebugOption = False) -> None:
    """Play a week of the sample brand in two communities, on this machine alone; ends by itself."""
    set_up_logs(level=logging.ERROR, debug=debug)

    async def play() -> None:
        from rich.console import Console

        from bot.demo.play import play_week
        from bot.demo.story import Story

        if as_json:
            print_json(await play_week(lambda _brand: lambda _community, _line: None))
            return
        story = Story(Console(highlight=False, soft_wrap=True))
        story.close(await play_week(story.open))

    run(play)
