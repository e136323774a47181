"""Spans to Discord's Markdown, so that members see exactly the characters the core meant.

Pure. Here belong escaping and styling of text; what goes around the text in a request is `outgoing`. discord.py's
`escape_markdown` is not used: it leaves the closing bracket of a masked link, shortcodes and line starts alone.

How Discord reads a message (its client's rules, tried at every position): a backslash hides any character that is
neither a letter, a digit nor a space; a bare link runs up to a space or `<`; headings, lists, quotes and small print
count only at the start of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from urllib.parse import quote

from adapters.discord.settings import NAME, PERSON_ID_PATTERN
from bot.messages import PersonRef, Span, Style, text_of

#: A link that somebody meant, less the closing `>`, bracket or full stop that belongs to the sentence.
_LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,:;\"'\]]", re.IGNORECASE)
#: A bare link as Discord finds it in the finished text.
_FOUND = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]", re.IGNORECASE)
#: Characters that mean something wherever they stand, and `@everyone`, `@here`, `:shortcodes:`.
_ANYWHERE = re.compile(r"[\\*_~|`\[\]<]|@(?=everyone|here)|:(?=[\w+~-]+:)", re.IGNORECASE)
#: What makes a line a heading, small print, a list item or a quote; its last character is the one to hide.
_LINE_START = re.compile(r"^[ \t]*(?:#(?=#{0,2}\s)|-(?=\s|#)|\+(?=\s)|>|\d+\.(?=\s))", re.MULTILINE)
_MARKS = {"bold": "**", "italic": "*"}
#: Two marks that would touch are kept apart by a zero-width space, which shows nothing.
_GAP = "\u200b"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A text ready to send."""

    #: The Markdown.
    text: str

    def fits(self, length: int) -> bool:
        """Whether it is at most `length` characters (code points) long."""
        return len(self.text) <= length


def escape(text: str, *, at_line_start: bool = True, hide_previews: bool = False, followed: bool = False) -> str:
    """Return `text` so that Discord shows its characters as they are; http(s) links stay whole and can be pressed.

    `at_line_start` says whether the text begins a line, `hide_previews` writes links as `<link>` (no preview), and
    `followed` that something other than a space comes right after it, which a link at the end must not swallow.
    """
    starts = {match.end() - 1 for match in _LINE_START.finditer(text) if match.start() > 0 or at_line_start}
    hidden = starts | {match.start() for match in _ANYWHERE.finditer(text)}

    def write_words(begin: int, end: int) -> str:
        return "".join(f"\\{text[place]}" if place in hidden else text[place] for place in range(begin, end))

    links = [(link.start(), _without_loose_parenthesis(link.group())) for link in _LINK.finditer(text)]
    ends = [0, *(start + len(address) for start, address in links)]
    # From the end to the start, since what comes after a link decides how it must be written.
    written = write_words(ends[-1], len(text))
    for number, (start, address) in reversed(list(enumerate(links))):
        found = _FOUND.match(address + written + ("_" if followed and not written else ""))
        is_whole = found is not None and _without_loose_parenthesis(found.group()) == address
        link = address if is_whole and not hide_previews else f"<{address}>"
        written = write_words(ends[number], start) + link + written
    return written


def render(spans: Iterable[Span], *, styled: bool = True, hide_previews: bool = False) -> Rendered:
    """Return the spans as one Markdown text; without `styled` only their characters and written-out links."""
    runs = list(_runs(spans, styled=styled))
    text = ""
    for run, following in pairwise([*runs, None]):
        if run is None:
            continue
        text = _join(text, _render_run(run, text, following, hide_previews=hide_previews), block=run.style == "quote")
        if run.style == "quote" and following is not None and not following.text.startswith("\n"):
            text += "\n"
    return Rendered(text=text)


def rendered_length(spans: Iterable[Span]) -> int:
    """Return how many characters of Discord's 2000 the spans take once escaped and styled."""
    return len(render(spans).text)


def fit_escaped(text: str, length: int) -> str:
    """Return `text` escaped within `length` characters, its end cut off with … where it must be."""
    whole = escape(text)
    if len(whole) <= length:
        return whole
    kept = text
    while kept and len(escape(kept)) > length - 1:
        kept = kept[: -max(1, (len(escape(kept)) - length) // 2)]
    return escape(kept.rstrip()) + "…"


def _runs(spans: Iterable[Span], *, styled: bool) -> Iterator[Span]:
    """Yield the spans with neighbours of one look joined, since `**a****b**` is not one bold word."""
    for (chosen, url, mention), group in groupby(spans, key=lambda span: (span.style, span.url, span.mention)):
        style: Style = chosen if styled else "plain"
        text = text_of(group)
        if mention is not None and mentioned_id(mention) is not None:
            yield Span(text=text, mention=mention)
        elif not text:
            continue
        elif url is not None and not (styled and style in {"plain", "bold", "italic"} and _can_mask(text, url)):
            yield Span(text=_write_out(text, url), style=style)
        else:
            yield Span(text=text, style=style, url=url)


def mentioned_id(person: PersonRef | None) -> str | None:
    """Return the id to notify, or None where the person has no account on Discord."""
    known = person is not None and person.platform == NAME and re.fullmatch(PERSON_ID_PATTERN, person.id, re.ASCII)
    return person.id if person is not None and known else None


def _can_mask(text: str, url: str) -> bool:
    """Whether words can carry the link: Discord shows a masked link raw when its words look like an address."""
    return bool(re.match(r"https?://\S", url, re.IGNORECASE)) and bool(text.strip()) and "://" not in text


def _write_out(text: str, url: str) -> str:
    is_web = re.match(r"https?://\S", url, re.IGNORECASE)
    return text if url in text or not is_web else f"{text} ({url})"


def _render_run(run: Span, before: str, following: Span | None, *, hide_previews: bool) -> str:  # noqa: PLR0911 (a row per style)
    at_line_start = not before or before.endswith("\n")
    followed = following is not None and not following.text[:1].isspace()
    if run.mention is not None:
        return f"<@{run.mention.id}>"
    if run.url is not None:
        label = escape(run.text.replace("\n", " "), at_line_start=False)
        address = quote(run.url, safe="%/:=&?~#+!$,;'@-._|^`{}\"")
        inner = f"[{label}](<{address}>)" if hide_previews else f"[{label}]({address})"
        return _mark(inner, run.style)
    if run.style == "code" and "`" not in run.text and run.text.strip():
        return f"```\n{run.text}\n```" if "\n" in run.text else f"`{run.text}`"
    if run.style == "quote":
        lines = escape(run.text.strip("\n"), hide_previews=hide_previews).split("\n")
        return "\n".join(f"> {line}" for line in lines)
    if run.style in _MARKS:
        core = run.text.strip()
        lead, tail = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
        if not core:
            return run.text
        core = _LINK.sub(lambda link: link.group().replace("*", "%2A"), core)  # else it would end the style
        # A styled line start is no line start for Discord: the mark comes first.
        return (
            lead
            + _mark(escape(core, at_line_start=False, hide_previews=hide_previews, followed=True), run.style)
            + tail
        )
    return escape(run.text, at_line_start=at_line_start, hide_previews=hide_previews, followed=followed)


def _mark(text: str, style: str) -> str:
    mark = _MARKS.get(style, "")
    return f"{mark}{text}{mark}"


def _join(before: str, piece: str, *, block: bool) -> str:
    if block and before and not before.endswith("\n"):
        return f"{before}\n{piece}"
    touching = before[-1:] in {"*", "`"} and piece[:1] == before[-1:] and not before.endswith("\\" + before[-1:])
    return before + (_GAP if touching else "") + piece


def _without_loose_parenthesis(address: str) -> str:
    """Drop closing parentheses that were not opened in the address, as Discord does."""
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,:;\"'")
    return address
