"""Synthetic blogs that do to their feeds what real ones do; what they have served is known exactly.

A blog is a timeline of happenings drawn from a seed: posts, edits, deletions, another guid scheme, another domain,
bumped dates, the whole archive again, other spellings of its links, hours in which its server answers with no feed.
Nothing here reads a feed or knows how posts are recognised.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Self
from xml.sax.saxutils import escape

from aiohttp import web

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: How many posts a feed lists when it does not list them all.
WINDOW = 10
#: Round a change of domain or guids titles are left alone: a post that changes everything at once is another post.
_QUIET = 36 * HOUR
_OUTAGES = ("503", "maintenance page", "empty", "broken off", "404")
_KINDS = ("rss", "atom", "json")
_SCHEMES = ("permalink", "number", "tag", "uuid")
_NOUNS = ("kopi", "panen", "kebun", "sangrai", "seduh", "biji", "resep", "cangkir", "petani", "pasar", "aroma", "hujan")


@dataclass(kw_only=True)
class Entry:
    """One post of a blog."""

    #: Stands in the title for ever, and nowhere else.
    code: str
    slug: str
    title: str
    text: str
    number: int
    published_at: datetime
    deleted: bool = False


@dataclass(kw_only=True)
class Blog:
    """A blog, what happens to it, and what it has told its readers."""

    key: str
    random: Random
    start: datetime
    days: int
    kind: str
    scheme: str
    domain: str
    #: Whether the feed says something new at every reading though no post has changed.
    restless: bool
    #: Whether the old address of the feed sends readers on after a move.
    redirects: bool
    entries: list[Entry] = field(default_factory=list)
    #: Every wording in which each post was served, by its code, without repetitions.
    served: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    #: The posts that were in the first feed ever served.
    archive: set[str] = field(default_factory=set)
    #: How often each kind of thing has happened.
    happened: dict[str, int] = field(default_factory=dict)
    moved: bool = False
    unchanged: int = 0
    _timeline: list[tuple[datetime, str]] = field(default_factory=list)
    _bumped_at: datetime | None = None
    _whole_until: datetime | None = None
    _outage: tuple[datetime, str] | None = None
    _number_shift: int = 0
    _tracked: bool = False

    def __post_init__(self) -> None:
        """Write an archive, and draw what is to happen."""
        for back in range(25, 0, -1):
            self._publish(self.start - back * 2 * DAY)
        span = self.days * DAY
        structure = self._spread(["guids", "domain", "guids"], span)
        self._timeline += [(at, what) for at, what in structure]
        for what, every in (("bump", 18), ("whole archive", 22), ("outage", 11), ("respell", 30)):
            self._timeline += [
                (self.start + DAY + self.random.random() * span, what) for _ in range(max(1, self.days // every))
            ]
        at = self.start
        while (at := at + self.random.uniform(0.6, 4.5) * DAY) < self.start + span - DAY:
            self._timeline.append((at, "publish"))
        for what, chance in (("edit text", 0.35), ("edit title", 0.25), ("delete", 0.06)):
            for published_at in [at for at, kind in self._timeline if kind == "publish"]:
                moment = published_at + self.random.uniform(3, 90) * HOUR
                near = any(abs(moment - other) < _QUIET for other, _ in structure)
                if self.random.random() < chance and not (what == "edit title" and near):
                    self._timeline.append((moment, what))
        self._timeline.sort(key=lambda happening: happening[0])

    def _spread(self, what: list[str], span: timedelta) -> list[tuple[datetime, str]]:
        """Give each its own part of the time, far enough from the next."""
        part = span / len(what)
        first = [self.start + part * place for place in range(len(what))]
        return (
            [
                (at + 2 * _QUIET / 3 + self.random.random() * (part - 2 * _QUIET), kind)
                for at, kind in zip(first, what, strict=True)
            ]
            if part > 2 * _QUIET
            else []
        )

    def live_until(self, now: datetime) -> None:
        """Let everything happen that is due."""
        while self._timeline and self._timeline[0][0] <= now:
            at, what = self._timeline.pop(0)
            self.happened[what] = self.happened.get(what, 0) + 1
            self._happen(at, what)

    def _happen(self, at: datetime, what: str) -> None:
        recent = [
            entry for entry in self.entries[-WINDOW // 2 :] if not entry.deleted and entry.code not in self.archive
        ]
        match what:
            case "publish":
                self._publish(at)
            case "edit text" | "edit title" | "delete" if recent:
                self._touch(self.random.choice(recent), what)
            case "guids":
                self._change_guids()
            case "domain":
                self.domain, self.moved = f"moved-{self.domain}", True
            case "bump":
                self._bumped_at = at
            case "whole archive":
                self._whole_until = at + 30 * HOUR
            case "outage":
                self._outage = at + self.random.uniform(1, 10) * HOUR, self.random.choice(_OUTAGES)
            case "respell":
                self._tracked = not self._tracked

    def _touch(self, entry: Entry, what: str) -> None:
        if what == "edit text":
            entry.text = self._sentence()
        elif what == "edit title":
            entry.title = f"{self._sentence()} {entry.code}"
        else:
            entry.deleted = True

    def _change_guids(self) -> None:
        if self.scheme == "number" and self.random.random() < 0.5:  # noqa: PLR2004  # one of two ways
            self._number_shift += 1
        else:
            self.scheme = self.random.choice([other for other in _SCHEMES if other != self.scheme])

    def _publish(self, at: datetime) -> None:
        number = len(self.entries) + 1
        code = f"{self.key}x{number}"
        title = self._sentence()
        slug = "-".join((*title.lower().split(), str(number)))
        self.entries.append(
            Entry(code=code, slug=slug, title=f"{title} {code}", text=self._sentence(), number=number, published_at=at)
        )

    def _sentence(self) -> str:
        return " ".join(self.random.choices(_NOUNS, k=4)).capitalize() + f" {self.random.randrange(10_000)}"

    # What readers see.

    def answer(self, now: datetime, known_etag: str | None) -> web.Response:
        """Answer a reader; what it is told is remembered."""
        self.live_until(now)
        if self._outage is not None and now < self._outage[0]:
            return _fail(self._outage[1])
        listed = self.listed(now)
        body = {"rss": self._write_rss, "atom": self._write_atom, "json": self._write_json}[self.kind](listed, now)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if known_etag == etag:
            self.unchanged += 1
            return web.Response(status=304, headers={"ETag": etag})
        if not self.served:
            self.archive = {entry.code for entry in self.entries}
        for entry in listed:
            wordings = self.served.setdefault(entry.code, [])
            if not wordings or wordings[-1] != (entry.title, entry.text):
                wordings.append((entry.title, entry.text))
        kind = "application/feed+json" if self.kind == "json" else f"application/{self.kind}+xml"
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": kind})

    def listed(self, now: datetime) -> list[Entry]:
        """Return what the feed lists, newest first."""
        whole = self._whole_until is not None and now < self._whole_until
        standing = [entry for entry in reversed(self.entries) if not entry.deleted]
        return standing if whole else standing[:WINDOW]

    def _guid(self, entry: Entry) -> str:
        match self.scheme:
            case "permalink":
                return f"https://{self.domain}/{entry.slug}"
            case "number":
                return str(entry.number + self._number_shift)
            case "tag":
                return f"tag:{self.key},2026:{entry.number}"
            case _:
                return hashlib.sha256(entry.code.encode()).hexdigest()

    def _link(self, entry: Entry) -> str:
        if self._tracked:
            return f"http://www.{self.domain}/{entry.slug}/?utm_source=feed&utm_medium=rss"
        return f"https://{self.domain}/{entry.slug}"

    def _date(self, entry: Entry) -> datetime:
        return max(entry.published_at, self._bumped_at) if self._bumped_at else entry.published_at

    def _write_rss(self, listed: list[Entry], now: datetime) -> bytes:
        items = "".join(
            f'<item><guid isPermaLink="false">{escape(self._guid(entry))}</guid><title>{escape(entry.title)}</title>'
            f"<link>{escape(self._link(entry))}</link><description>{escape(entry.text)}</description>"
            f"<pubDate>{format_datetime(self._date(entry))}</pubDate></item>"
            for entry in listed
        )
        built = f"<lastBuildDate>{format_datetime(now)}</lastBuildDate>" if self.restless else ""
        head = f"<title>{self.key}</title><link>https://{self.domain}/</link><description>A blog</description>{built}"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def _write_atom(self, listed: list[Entry], now: datetime) -> bytes:
        items = "".join(
            f"<entry><id>{escape(self._guid(entry))}</id><title>{escape(entry.title)}</title>"
            f'<link href="{escape(self._link(entry))}"/><summary>{escape(entry.text)}</summary>'
            f"<published>{self._date(entry).isoformat()}</published><updated>{self._date(entry).isoformat()}</updated>"
            "</entry>"
            for entry in listed
        )
        updated = (now if self.restless else self.start).isoformat()
        head = f"<title>{self.key}</title><id>urn:{self.key}</id><updated>{updated}</updated>"
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{items}</feed>'.encode()

    def _write_json(self, listed: list[Entry], now: datetime) -> bytes:
        items = [
            {
                "id": self._guid(entry),
                "url": self._link(entry),
                "title": entry.title,
                "content_text": entry.text,
                "date_published": self._date(entry).isoformat(),
            }
            for entry in listed
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": self.key, "items": items}
        return json.dumps(feed | ({"_read": now.isoformat()} if self.restless else {})).encode()


def _fail(how: str) -> web.Response:
    match how:
        case "maintenance page":
            return web.Response(text="<!doctype html><html><body>Back soon</body></html>", content_type="text/html")
        case "empty":
            return web.Response(body=b"", content_type="application/rss+xml")
        case "broken off":
            return web.Response(body=b"<?xml", headers={"Content-Type": "text/xml", "Content-Encoding": "gzip"})
        case _:
            return web.Response(status=int(how))


def make_blogs(count: int, *, days: int, seed: int, start: datetime) -> list[Blog]:
    """Draw so many blogs, of every form and every guid scheme in turn."""
    return [
        Blog(
            key=f"blog{number}",
            random=Random(f"{seed} {number}"),
            start=start,
            days=days,
            kind=_KINDS[number % len(_KINDS)],
            scheme=_SCHEMES[number % len(_SCHEMES)],
            domain=f"blog{number}.example",
            restless=number % 5 == 0,
            redirects=number % 2 == 0,
        )
        for number in range(count)
    ]


class BlogServer:
    """Serves blogs on loopback. Use it with `async with`."""

    def __init__(self, blogs: list[Blog], now: Callable[[], datetime]) -> None:
        self._blogs = {blog.key: blog for blog in blogs}
        self._now = now
        self._port = 0

    def url(self, blog: Blog) -> str:
        """Return the address of a blog's feed."""
        return f"http://127.0.0.1:{self._port}/feeds/{blog.key}"

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = web.Application()
        app.router.add_get("/{place}/{key}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        blog, now = self._blogs[request.match_info["key"]], self._now()
        blog.live_until(now)
        if blog.moved and blog.redirects and request.match_info["place"] == "feeds":
            return web.Response(status=301, headers={"Location": f"/moved/{blog.key}"})
        return blog.answer(now, request.headers.get("If-None-Match"))
