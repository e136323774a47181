"""`konektor run`: the service."""

from __future__ import annotations

import logging
import signal
import sys
from functools import partial

from bot.cli.options import DEFAULT_CONFIG, ConfigArgument, ConfigOption, DebugOption, JsonOption
from bot.cli.output import tell
from bot.cli.running import environment, read_config, set_up_logs
from bot.cli.running import run as run_to_end


def run(
    path: ConfigArgument = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Run the service until it is told to stop (Ctrl-C, SIGTERM, or /quit in a terminal chat)."""
    at_terminal = sys.stdin.isatty()
    # a person who chats in this terminal reads the bot, not its log
    set_up_logs(as_json=as_json, level=logging.WARNING if at_terminal else logging.INFO, debug=debug)
    brand = read_config(path or config, say_warnings=not as_json)

    async def serve() -> None:
        import asyncio

        from bot.assemble import load_config, read_material, serving
        from bot.errors import ConfigRefused

        if errors := [problem for problem in read_material(brand) if problem.severity == "error"]:
            raise ConfigRefused(errors)
        recheck = partial(load_config, path or config, environment())
        async with serving(brand, stop_when_left=at_terminal, recheck=recheck) as (service, _, platforms):
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, service.stop)
            if not as_json:
                tell(f"{brand.name} is running on {', '.join(platforms)}; Ctrl-C stops it")
                if brand.web is not None:
                    tell(f"dashboard: {brand.web.public_url or brand.web.local_url}")
            await service.run()

    run_to_end(serve)
