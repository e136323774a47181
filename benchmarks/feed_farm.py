"""Thousands of feeds on one loopback server, in a process of its own: `python -m benchmarks.feed_farm` prints its port.

`GET /turn` lets one feed in twenty publish a post; all others answer 304 to whoever knows their ETag.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

#: One feed in so many changes at each turn.
ONE_IN = 20
_ITEMS = 15
_START = datetime(2026, 10, 1, tzinfo=UTC)
_PARAGRAPH = (
    "<p>Beans from the north slope were picked late this year, and it shows in the cup: <em>plum</em>, cane sugar and "
    "a finish that stays. We roast on Tuesdays; the <a href='https://farm.example/roast'>log</a> has the curves.</p>"
)


class Farm:
    """What is served, and how many times a post has come in."""

    def __init__(self) -> None:
        self._turn = 0

    async def turn(self, _: web.Request) -> web.Response:
        """Let one feed in twenty publish."""
        self._turn += 1
        return web.Response(text=str(self._turn))

    async def feed(self, request: web.Request) -> web.Response:
        """Answer with a feed of fifteen posts, or with 304."""
        number = int(request.match_info["number"])
        news = [turn for turn in range(1, self._turn + 1) if turn % ONE_IN == number % ONE_IN]
        etag = f'"{number}-{len(news)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        posts = [*(f"news-{turn}" for turn in reversed(news)), *(f"post-{post}" for post in range(_ITEMS, 0, -1))]
        items = "".join(
            f"<item><guid>https://farm.example/{number}/{post}</guid><title>Harvest notes {number}, {post}</title>"
            f"<link>https://farm.example/{number}/{post}</link><category>origin</category>"
            f"<pubDate>{format_datetime(_START + timedelta(hours=place))}</pubDate>"
            f"<description><![CDATA[{_PARAGRAPH * 2}]]></description></item>"
            for place, post in enumerate(posts[:_ITEMS])
        )
        head = (
            f"<title>Farm {number}</title><link>https://farm.example/{number}/</link><description>Notes</description>"
        )
        body = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": etag})


async def serve() -> None:
    """Serve until the process is ended."""
    farm, app = Farm(), web.Application()
    app.router.add_get("/turn", farm.turn)
    app.router.add_get("/{number}", farm.feed)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1])
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
