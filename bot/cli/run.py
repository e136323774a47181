"""`konektor run`: the service."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import DEFAULT_CONFIG, ConfigArgument, ConfigOption, DebugOption, JsonOption
from bot.cli.output import tell
from bot.cli.running import environment, read_config, set_up_logs
from bot.cli.running import run as run_to_end

if TYPE_CHECKING:
    from bot.brand import Brand
    from bot.cli.reloading import ConfigWatch
    from bot.config.load import Loaded
    from bot.flows.vitals import Vitals

#: How long, in seconds, a configuration that was taken up may fail before the one before it is no way back any more.
_PROBATION = 60.0


def run(
    path: ConfigArgument = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Run the service until it is told to stop (Ctrl-C, SIGTERM, or /quit in a terminal chat).

    A changed configuration is taken up by itself, or at SIGHUP; one that does not hold changes nothing.
    """
    at_terminal = sys.stdin.isatty()
    # a person who chats in this terminal reads the bot, not its log
    set_up_logs(as_json=as_json, level=logging.WARNING if at_terminal else logging.INFO, debug=debug)
    brand = read_config(path or config, say_warnings=not as_json)

    async def serve() -> None:
        import asyncio

        from bot.assemble import load_config, read_material
        from bot.cli.reloading import ConfigWatch
        from bot.errors import ConfigRefused, KonektorError
        from bot.flows.vitals import Vitals

        if errors := [problem for problem in read_material(brand) if problem.severity == "error"]:
            raise ConfigRefused(errors)
        recheck = partial(load_config, path or config, environment())
        vitals = Vitals()
        watch = ConfigWatch(Path(path or config), read=recheck, read_material=read_material, vitals=vitals)
        running: Brand = brand
        before: Brand | None = None
        while True:
            began = asyncio.get_running_loop().time()
            try:
                changed = await _serve_until_changed(
                    running, watch, recheck=recheck, vitals=vitals, at_terminal=at_terminal, quiet=as_json
                )
            except KonektorError as fault:
                if before is None or asyncio.get_running_loop().time() - began > _PROBATION:
                    raise
                # what holds as a file may still be refused: a token, a database, an address that is taken
                watch.refuse(str(fault))
                running, before = before, None
                continue
            if changed is None:
                return
            running, before = changed, running

    run_to_end(serve)


async def _serve_until_changed(
    brand: Brand,
    watch: ConfigWatch,
    *,
    recheck: Callable[[], Loaded],
    vitals: Vitals,
    at_terminal: bool,
    quiet: bool,
) -> Brand | None:
    """Run the service; return what its configuration says by now when that has changed, None when it was to end."""
    import asyncio

    from bot.assemble import serving, terminal_name

    async with serving(brand, stop_when_left=at_terminal, recheck=recheck, vitals=vitals) as (service, _, platforms):
        loop = asyncio.get_running_loop()
        changed: Brand | None = None

        async def watch_config() -> None:
            nonlocal changed
            changed = await watch.next_brand(brand)
            service.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, service.stop)
        loop.add_signal_handler(signal.SIGHUP, watch.ask)
        if not quiet:
            tell(f"{brand.name} is running on {', '.join(platforms)}; Ctrl-C stops it")
            if brand.web is not None:
                tell(f"dashboard: {brand.web.public_url or brand.web.local_url}")
        # whoever chats in this terminal is not to be cut off in the middle of a line
        watching = None if terminal_name() in platforms else asyncio.create_task(watch_config())
        try:
            await service.run()
        finally:
            if watching is not None:
                watching.cancel()
        return changed
