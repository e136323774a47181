"""How Discord's client shows a message: its rules, tried in its order at every position, in a few lines.

Written from Discord's help pages and what its client shows, not from the adapter's escaping, which it judges.
"""

from __future__ import annotations

import re

_PAIRS = [("***", 3), ("**", 2), ("*", 1), ("__", 2), ("_", 1), ("~~", 2), ("||", 2)]
_CODE_BLOCK = re.compile(r"```(?:[a-z0-9_+.#-]+\n)?\n*([^\n].*?)\n*```", re.IGNORECASE | re.DOTALL)
_INLINE_CODE = re.compile(r"(`+)(.*?[^`])\1(?!`)", re.DOTALL)
_LINK = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]", re.IGNORECASE)
_QUIET_LINK = re.compile(r"<(https?://[^ >]+)>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_MASKED = re.compile(r"\[((?:\\.|[^\]\\])+)\]\(<?(https?://[^\s()<>]+)>?\)", re.IGNORECASE)
_TOKEN = re.compile(r"<(?:@[!&]?|#|a?:\w+:|t:|/\w+:)\d+[^>]*>|@everyone|@here")
_SHORTCODE = re.compile(r":[\w+~-]+:")
_LINE = re.compile(r"[ \t]*(?:#{1,3} |-# |[-*+] |\d+\. )")
_QUOTE = re.compile(r" *(?:>>>|>) ")


def shown(markdown: str) -> str:
    """The characters a member sees; what Discord turns into something else (a mention, an emoji) comes out as ⟦…⟧."""
    seen: list[str] = []
    place = 0
    while place < len(markdown):
        width, text = _step(markdown, place)
        seen.append(text)
        place += width
    return "".join(seen)


def links(markdown: str) -> list[str]:
    """The addresses a member can press, in order."""
    found: list[str] = []
    place = 0
    while place < len(markdown):
        for rule, group in ((_CODE_BLOCK, None), (_INLINE_CODE, None), (_LINK, 0), (_QUIET_LINK, 1), (_MASKED, 2)):
            match = rule.match(markdown, place)
            if match is not None:
                if group is not None:
                    found.append(_whole(match.group(group)) if rule is _LINK else match.group(group))
                place += len(_whole(match.group())) if rule is _LINK else len(match.group())
                break
        else:
            escape = _ESCAPE.match(markdown, place)
            place += 1 if escape is None else 2
    return found


def _step(markdown: str, place: int) -> tuple[int, str]:  # noqa: PLR0911 (a row per rule)
    """How many characters the next thing takes, and what is seen of it."""
    if place == 0 or markdown[place - 1] == "\n":
        for rule in (_QUOTE, _LINE):
            match = rule.match(markdown, place)
            if match is not None:
                return len(match.group()), "" if rule is _QUOTE else "⟦line⟧"
    match = _CODE_BLOCK.match(markdown, place) or _INLINE_CODE.match(markdown, place)
    if match is not None:
        return len(match.group()), match.groups()[-1]
    match = _LINK.match(markdown, place)
    if match is not None:
        return len(_whole(match.group())), _whole(match.group())
    match = _QUIET_LINK.match(markdown, place)
    if match is not None:
        return len(match.group()), match.group(1)
    match = _ESCAPE.match(markdown, place)
    if match is not None:
        return 2, match.group(1)
    match = _MASKED.match(markdown, place)
    if match is not None:
        return len(match.group()), shown(match.group(1))
    match = _TOKEN.match(markdown, place) or _SHORTCODE.match(markdown, place)
    if match is not None:
        return len(match.group()), f"⟦{match.group()}⟧"
    return _style(markdown, place)


def _style(markdown: str, place: int) -> tuple[int, str]:
    for mark, width in _PAIRS:
        if markdown.startswith(mark, place):
            end = _closing(markdown, place + width, mark)
            if end > place + width:
                return end + width - place, shown(markdown[place + width : end])
    return 1, "" if markdown[place] == "\u200b" else markdown[place]


def _closing(markdown: str, place: int, mark: str) -> int:
    """Where `mark` ends what it began, or -1."""
    while place < len(markdown):
        if markdown[place] == "\\":
            place += 2
            continue
        link = _LINK.match(markdown, place) or _QUIET_LINK.match(markdown, place)
        if link is not None and mark not in link.group():
            place += len(link.group())
            continue
        if markdown.startswith(mark, place) and not markdown.startswith(mark[0], place + len(mark)):
            return place
        place += 1
    return -1


def _whole(link: str) -> str:
    """A bare link without closing parentheses that it did not open."""
    while link.endswith(")") and link.count(")") > link.count("("):
        link = link[:-1]
    return link
