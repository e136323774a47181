"""The service as `konektor run` starts it, but soon believed dead: `python -m tests.faults.impatient CONFIG`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from datetime import timedelta

from bot.assemble import load_config, serving
from bot.log import configure

#: After how long without a sign of life another process listens in the place of this one.
TAKEOVER = timedelta(seconds=4)


async def serve(config: str) -> None:
    """Serve until told to stop."""
    environment = os.environ  # noqa: TID251  # it is the whole program here
    brand = load_config(config, environment).brand_or_refuse()
    async with serving(brand, takeover=TAKEOVER) as (service, _, _):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.stop)
        await service.run()


if __name__ == "__main__":
    configure(json=True, level=logging.INFO, debug=False, colours=False)
    asyncio.run(serve(sys.argv[1]))
