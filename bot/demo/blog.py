"""The sample blog: what it has published at a given moment, as the Atom feed a reader would fetch then.

Pure: takes parsed data, gives bytes. Serving them over HTTP is somebody else's work.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

_ATOM = "http://www.w3.org/2005/Atom"
_MOMENT = re.compile(r"day (-?\d+) (\d\d):(\d\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class BlogPost:
    """One post in one version."""

    #: Its name in the address.
    slug: str
    #: BCP 47.
    language: str
    #: What it is called.
    title: str
    #: A sentence or two.
    summary: str
    #: The whole text.
    paragraphs: tuple[str, ...]
    #: Its categories.
    tags: tuple[str, ...]
    #: When it first appeared, aware UTC.
    published_at: datetime
    #: When this version appeared, aware UTC.
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Blog:
    """Everything the blog will have published by the end of the week."""

    #: What it is called.
    title: str
    #: Each post in all its versions, oldest first.
    posts: tuple[tuple[BlogPost, ...], ...]
    #: When a move to other software gave every post another id, aware UTC; None for never.
    renumbered_at: datetime | None

    def posts_at(self, now: datetime) -> tuple[BlogPost, ...]:
        """The posts a reader finds at `now`, each in its version of then, newest first."""
        found = [
            [version for version in versions if version.updated_at <= now][-1]
            for versions in self.posts
            if versions[0].published_at <= now
        ]
        return tuple(sorted(found, key=lambda post: post.published_at, reverse=True))


def read_blog(data: Mapping[str, Any], *, monday: date, zone: ZoneInfo) -> Blog:
    """Read a parsed `blog.json`, its times being local to `zone` in the week of `monday`.

    A time is written `day 1 08:10`: day 1 is the Monday, day 0 the Sunday before. Raises ValueError for another form,
    and KeyError for a post without one of its parts.
    """

    def at(moment: str) -> datetime:
        return _moment(moment, monday, zone)

    renumbered = data.get("renumbered")
    return Blog(
        title=data["title"],
        posts=tuple(_read_post(post, at(post["published"]), monday, zone) for post in data["posts"]),
        renumbered_at=None if renumbered is None else at(renumbered),
    )


def feed_xml(blog: Blog, *, now: datetime, site: str) -> bytes:
    """Return the feed as it stands at `now`: Atom (RFC 4287) in UTF-8, newest post first.

    `site` is the blog's address without a slash at its end. Once the blog is renumbered every entry has another
    `atom:id` and counts as updated then, as when a whole archive is emitted again; the links stay.
    """
    posts = blog.posts_at(now)
    moved_at = blog.renumbered_at if blog.renumbered_at is not None and blog.renumbered_at <= now else None
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "id", f"{site}/")
    _add(feed, "title", blog.title)
    _add(feed, "link", None, rel="alternate", href=f"{site}/")
    _add(feed, "link", None, rel="self", href=f"{site}/feed.xml")
    _add(
        feed,
        "updated",
        _stamp(max([post.updated_at for post in posts] + ([moved_at] if moved_at else []), default=now)),
    )
    _add(_add(feed, "author", None), "name", blog.title)
    for post in posts:
        feed.append(_entry(post, site=site, moved_at=moved_at))
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def post_url(slug: str, *, site: str) -> str:
    """Return the address of a post."""
    return f"{site}/blog/{slug}"


def _entry(post: BlogPost, *, site: str, moved_at: datetime | None) -> ET.Element:
    url = post_url(post.slug, site=site)
    # The first software named entries by a number of its own, the second by their address.
    number = uuid.uuid5(uuid.NAMESPACE_URL, post.slug)
    entry = ET.Element("entry", {"xml:lang": post.language})
    _add(entry, "id", f"urn:uuid:{number}" if moved_at is None else url)
    _add(entry, "title", post.title)
    _add(entry, "link", None, rel="alternate", href=url)
    _add(entry, "published", _stamp(post.published_at))
    _add(entry, "updated", _stamp(post.updated_at if moved_at is None else max(post.updated_at, moved_at)))
    for tag in post.tags:
        _add(entry, "category", None, term=tag)
    _add(entry, "summary", post.summary)
    _add(entry, "content", "".join(f"<p>{escape(text)}</p>" for text in post.paragraphs), type="html")
    return entry


def _add(parent: ET.Element, name: str, text: str | None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    child.text = text
    return child


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_post(data: Mapping[str, Any], published_at: datetime, monday: date, zone: ZoneInfo) -> tuple[BlogPost, ...]:
    versions = [
        BlogPost(
            slug=data["slug"],
            language=data["language"],
            title=data["title"],
            summary=data["summary"],
            paragraphs=tuple(data["text"]),
            tags=tuple(data["tags"]),
            published_at=published_at,
            updated_at=published_at,
        )
    ]
    edits: Sequence[Mapping[str, Any]] = data.get("edits", ())
    for edit in edits:
        last = versions[-1]
        versions.append(
            replace(
                last,
                title=edit.get("title", last.title),
                summary=edit.get("summary", last.summary),
                paragraphs=tuple(edit.get("text", last.paragraphs)),
                updated_at=_moment(edit["at"], monday, zone),
            )
        )
    return tuple(versions)


def _moment(text: str, monday: date, zone: ZoneInfo) -> datetime:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a moment of the week; write it like "day 1 08:10"')
    day, hour, minute = (int(part) for part in found.groups())
    local = datetime.combine(monday + timedelta(days=day - 1), time(hour, minute), tzinfo=zone)
    return local.astimezone(UTC)
