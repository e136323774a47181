"""feedparser's own well-formed corpus: what its authors expect of an item, beside what ours says.

The corpus comes from feedparser's source distribution, fetched by pip; nothing of it is kept.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]  # feedparser ships no types

from benchmarks.outcome import CannotRun, Outcome
from bot.errors import FeedFault
from bot.feeds.fields import SUMMARY_LENGTH, absolute_link, language_tag, person_name, tag_names
from bot.feeds.plain_text import clean_line, clean_paragraphs, cut_at_word, read_html
from bot.feeds.read import read_feed
from bot.ports.reading import Feed

_TARGET = 0.99
#: Where feedparser's own tests serve the files from; relative addresses are expected to lead there.
_BASE = "http://127.0.0.1:8097/tests/wellformed/{name}"
_EXPECT = re.compile(r"^Expect:\s*(.+?)\s*$", re.MULTILINE)
_HEADER = re.compile(r"^Header:\s+([^:]+):(.+)$", re.MULTILINE)
#: A file that speaks of this server is served by it in feedparser's tests, and so is one with headers.
_SERVED = re.compile(r"^Header:|127\.0\.0\.1:8097", re.MULTILINE)
_ENTRY_ENDS = re.compile(rb"</(?:[a-z]+:)?(item|entry)>", re.IGNORECASE)
#: What makes an item worth its place to us: with neither title nor link nor text it is left out.
_LINKS = {
    b"item": b"<link>https://corpus.example/added</link>",
    b"entry": b'<link href="https://corpus.example/added"/>',
}
#: Where ours differ on purpose, by the file's name.
_REASONS: Mapping[str, str] = {
    "lang/http_content_language.xml": "the Content-Language header is not looked at",
    "rss/item_description_not_a_doctype.xml": "as in browsers, <!… up to the next > is not shown",
    "sanitize/entry_content_iframe.xml": "what an iframe holds is for browsers without frames, and left out",
    "sanitize/entry_summary_iframe.xml": "what an iframe holds is for browsers without frames, and left out",
    "sanitize/item_content_encoded_script_nested_cdata.xml": "as in browsers, <!… up to the next > is not shown",
    "sanitize/xml_declaration_unexpected_character.xml": "as in browsers, <!… up to the next > is not shown",
    "sanitize/xml_malicious_comment.xml": "a comment that never ends takes the rest along, as in browsers",
}
_PROTOCOL = (
    "A file counts when it expects something of a value our items or feeds have: title, link, guid, summary, text,",
    "author, tags, dates, the number of items, the feed's title and language. The others (copyright, generator…)",
    "are not compared; of those, the ones that ours refuse to read are counted as refused, and listed as well.",
    "HTML that is expected is compared as the plain text of it: our items hold no markup. An item with no title, no",
    "link and no text, which ours leave out, is given a link first. Each difference is listed with its reason on",
    "standard error. ours is the share of files that are equal; the peer, 1, is feedparser itself.",
)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One file beside what we read in it."""

    name: str
    #: Whether it expects anything our items hold.
    counts: bool
    #: How ours differs, a sentence each; empty where all is equal.
    differences: tuple[str, ...] = ()
    #: Why, in few words, for all differences of a kind.
    reason: str = ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--sdist", type=Path, help="feedparser's source distribution, if it is at hand already")


def measure(options: argparse.Namespace) -> Outcome:
    """Read the whole corpus. Raises CannotRun when it can't be had."""
    with tempfile.TemporaryDirectory(prefix="konektor-corpus-") as place:
        sdist = options.sdist or _fetch(Path(place))
        compared = [compare(name, body) for name, body in sorted(_files(sdist))]
    counted = [one for one in compared if one.counts]
    if not counted:
        raise CannotRun(f"{sdist.name} holds no well-formed corpus")
    different = [one for one in counted if one.differences]
    for one in compared:
        if one.differences:
            print(f"{one.name}: {'; '.join(one.differences)} ({one.reason})", file=sys.stderr)
    refused = sum(not one.counts and bool(one.differences) for one in compared)
    share = 1 - len(different) / len(counted)
    return Outcome(
        name="feed_corpus",
        sizes={"files": len(compared), "compared": len(counted), "different": len(different), "refused": refused},
        ours=share,
        peer=1,
        target=_TARGET,
        met=share >= _TARGET,
        protocol=_PROTOCOL,
        details=dict(Counter(f"different: {one.reason}" for one in different)),
    )


def _fetch(folder: Path) -> Path:
    """Fetch the source distribution of the feedparser that is installed."""
    wanted = f"feedparser=={feedparser.__version__}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps", wanted]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    except subprocess.TimeoutExpired as late:
        raise CannotRun(f"{wanted} was not fetched within five minutes") from late
    found = list(folder.glob("*.tar.gz"))
    if done.returncode != 0 or not found:
        raise CannotRun(f"{wanted} can't be fetched ({' '.join(done.stderr.split())[-300:]}); name it with --sdist")
    return found[0]


def _files(sdist: Path) -> Iterator[tuple[str, bytes]]:
    """Give each file of the corpus, by its path below `wellformed`."""
    with tarfile.open(sdist) as packed:
        for member in packed:
            _, found, name = member.name.partition("/tests/wellformed/")
            if found and name.endswith(".xml") and (file := packed.extractfile(member)) is not None:
                yield name, file.read()


def compare(name: str, body: bytes) -> Compared:
    """Read a file of the corpus our way, and hold it against what it expects."""
    text = body.decode("utf-8", "replace")
    headers = {key.strip().lower(): value.strip() for key, value in _HEADER.findall(text)}
    base = urljoin(_BASE.format(name=name), headers.get("content-location", "")) if _SERVED.search(text) else ""
    expected = _EXPECT.search(text)
    reference = feedparser.parse(io.BytesIO(body), response_headers={**headers, "content-location": base})
    wanted = [
        found
        for path, value in _equations(expected[1] if expected else "")
        for found in _ours(path, value, reference, base)
    ]
    try:
        feed = _read(body, headers, base)
    except FeedFault as fault:
        return Compared(
            name=name, counts=bool(wanted), differences=(str(fault).partition(";")[0],), reason=_why_refused(fault)
        )
    differences = []
    for where, value in wanted:
        found = _look_up(feed, where)
        if found != value:
            differences.append(f"{'.'.join(map(str, where))} is {found!r}, not {value!r}")
    return Compared(
        name=name, counts=bool(wanted), differences=tuple(differences), reason=_REASONS.get(name, "unexplained")
    )


def _read(body: bytes, headers: Mapping[str, str], base: str) -> Feed:
    """Read it as the product does; where that leaves items out because they say nothing, with a link added to them."""
    feed = read_feed(body, content_type=headers.get("content-type"), base_url=base)
    if feed.items or not _ENTRY_ENDS.search(body):
        return feed
    linked = _ENTRY_ENDS.sub(lambda end: _LINKS[end[1].lower()] + end[0], body)
    return read_feed(linked, content_type=headers.get("content-type"), base_url=base)


def _why_refused(fault: FeedFault) -> str:
    return "a DOCTYPE is refused, for it can hide an entity bomb" if "DOCTYPE" in str(fault) else "no feed to us"


def _equations(expression: str) -> Iterator[tuple[tuple[object, ...], object]]:
    """Take `path == literal` out of an expectation: ("entries", 0, "title"), "Item"."""
    try:
        parsed = ast.parse(expression, mode="eval").body
    except SyntaxError:
        return
    for part in parsed.values if isinstance(parsed, ast.BoolOp) and isinstance(parsed.op, ast.And) else [parsed]:
        match part:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                path = _path_of(left)
                try:
                    value = ast.literal_eval(right)
                except ValueError:
                    continue
                if path:
                    yield path, value


def _path_of(node: ast.expr) -> tuple[object, ...]:
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=inner, attr=name):
            return (*_path_of(inner), name)
        case ast.Subscript(value=inner, slice=ast.Constant(value=key)):
            return (*_path_of(inner), key)
        case ast.Call(func=ast.Name(id="len"), args=[inner]):
            return ("len", *_path_of(inner))
        case _:
            return ("?",)


def _look_up(feed: Feed, where: tuple[object, ...]) -> object:
    match where:
        case ("feed", str(name)):
            return getattr(feed, name)
        case ("items",):
            return len(feed.items)
        case ("items", int(place), str(name)) if place < len(feed.items):
            return getattr(feed.items[place], name)
        case _:
            return "no such item"


def _ours(
    path: tuple[object, ...], value: object, reference: Mapping[str, Any], base: str
) -> Iterator[tuple[tuple[object, ...], object]]:
    """Say where our feed holds what an expectation is about, and what it must be there; nothing where it holds none."""
    match path:
        case ("len", "entries"):
            yield ("items",), value
        case ("feed", "title") | ("feed", "title_detail", "value") if isinstance(value, str):
            yield ("feed", "title"), clean_line(_plain(value, reference["feed"].get("title_detail")))
        case ("feed", "language") if isinstance(value, str):
            yield ("feed", "language"), language_tag(value)
        case ("entries", int(place), *rest) if place < len(reference["entries"]):
            for name, expected in _of_item(tuple(rest), value, reference["entries"][place], base):
                yield ("items", place, name), expected


def _of_item(
    path: tuple[object, ...],
    value: Any,  # noqa: ANN401  # any literal
    entry: Mapping[str, Any],
    base: str,
) -> Iterator[tuple[str, object]]:
    """Say which field of ours an expectation about an entry is about, and what it must be."""
    match path:
        case ("link",):
            yield "link", absolute_link(value, base_url=base)
        case ("id" | "guid",):
            yield "guid", clean_line(value) or None
        case ("author",) | ("author_detail", "name"):
            yield "author", person_name(value)
        case ("tags",) if isinstance(value, list):
            yield "tags", tag_names(tag.get("label") or tag.get("term") for tag in value)
        case ("category",) if len(entry.get("tags", ())) == 1 and not entry["tags"][0].get("label"):
            yield "tags", tag_names([value])
        case ("published_parsed" | "created_parsed" | "updated_parsed" as name,):
            # the nearest to the publication is the one we go by
            if name == next(each for each in ("published_parsed", "created_parsed", "updated_parsed") if each in entry):
                yield "published_at", _moment(value)
        case _:
            yield from _of_words(path, value, entry)


def _of_words(path: tuple[object, ...], value: object, entry: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    match path:
        case ("title",) | ("title_detail", "value"):
            yield "title", clean_line(_plain(value, entry.get("title_detail")))
        case ("summary" | "description",) | ("summary_detail", "value"):
            yield "summary", cut_at_word(clean_line(_plain(value, _summary(entry))), SUMMARY_LENGTH)
        case ("content", int(place), "value"):
            contents = (*entry["content"], entry.get("summary_detail"))
            longest = max(len(_plain(content["value"], content)) for content in contents if content)
            expected = _plain(value, entry["content"][place])
            if len(expected) == longest:
                yield "text", expected


def _summary(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what an entry's summary is: its own, or else its content."""
    found: Mapping[str, Any] | None = entry.get("summary_detail") or next(iter(entry.get("content", ())), None)
    return found


def _plain(value: object, detail: Mapping[str, Any] | None) -> str:
    """Return what is expected as plain text; feedparser says whether it is markup."""
    if not isinstance(value, str):
        return repr(value)
    is_markup = (detail or {}).get("type") in {"text/html", "application/xhtml+xml"}
    return read_html(value).text if is_markup else clean_paragraphs(value)


def _moment(value: Any) -> datetime | None:  # noqa: ANN401  # any literal
    return datetime(*value[:6], tzinfo=UTC) if isinstance(value, tuple) else None
