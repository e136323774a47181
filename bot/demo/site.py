"""The sample blog's site: one feed over HTTP on this machine, as it stands at the clock's moment."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.demo.blog import Blog, feed_xml
from bot.demo.home import SITE, read_sample_blog

#: Where the sample configuration looks for it.
PORT = 8017


@asynccontextmanager
async def serve_feed(blog: Blog, clock: Clock, *, port: int = 0) -> AsyncIterator[str]:
    """Serve the feed on loopback and give its address; port 0 takes any that is free."""

    async def feed(request: web.Request) -> web.Response:
        body = feed_xml(blog, now=clock.now(), site=SITE)
        etag = hashlib.sha256(body).hexdigest()[:16]
        if any(known.value == etag for known in request.if_none_match or ()):
            return web.Response(status=304, headers={"ETag": f'"{etag}"'})
        return web.Response(body=body, content_type="application/atom+xml", headers={"ETag": f'"{etag}"'})

    site = web.Application()
    site.router.add_get("/feed.xml", feed)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    try:
        listening = web.TCPSite(runner, "127.0.0.1", port)
        await listening.start()
        taken = runner.addresses[0][1]
        yield f"http://127.0.0.1:{taken}/feed.xml"
    finally:
        await runner.cleanup()


async def _serve_for_ever() -> None:
    clock = SystemClock()
    today = clock.now().date()
    blog = read_sample_blog(monday=today - timedelta(days=today.weekday()))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        async with serve_feed(blog, clock, port=PORT):
            await stopped.wait()
    except OSError as error:
        sys.exit(f"the sample blog can't be served on port {PORT} ({error.strerror}); the rest runs without it")


if __name__ == "__main__":
    asyncio.run(_serve_for_ever())
