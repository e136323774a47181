"""Ours to Matrix's: a post becomes the content of an m.room.message. Pure; nothing is sent here.

Text is data: the plain `body` is never parsed, the HTML is escaped, and `m.mentions` names those who are notified, so
that no word of the text notifies anybody (client-server API, "m.mentions").
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from adapters.matrix.settings import LIMITS, NAME
from bot.errors import PostRejected
from bot.messages import Button, OutgoingPost, PersonRef, Span, Style, text_of

Content: TypeAlias = dict[str, Any]

_TAGS: Final[dict[Style, str]] = {"bold": "strong", "italic": "em", "code": "code", "quote": "blockquote"}


def message_content(post: OutgoingPost, *, reply_to: str | None) -> Content:
    """Return the content of a message; `reply_to` is the event it answers, which must exist.

    Raises PostRejected for a text longer than the limit; so does `edit_content`.
    """
    content = _content(post)
    answers = None if reply_to is None else {"event_id": reply_to}
    if post.channel.thread is not None:
        # Clients without threads show what a message in one falls back on as its reply ("Threading").
        content["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": post.channel.thread,
            "is_falling_back": answers is None,
            "m.in_reply_to": answers or {"event_id": post.channel.thread},
        }
    elif answers is not None:
        content["m.relates_to"] = {"m.in_reply_to": answers}
    return content


def edit_content(message_id: str, post: OutgoingPost) -> Content:
    """Return the content of the event that lets the message `message_id` read like `post` ("Event replacements").

    Its own text, for clients that show no edits, is the new one after a star; nobody is notified anew.
    """
    new = _content(post)
    fallback = {**new, "body": f"* {new['body']}", "m.mentions": {}}
    if "formatted_body" in new:
        fallback["formatted_body"] = f"* {new['formatted_body']}"
    return {**fallback, "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": message_id}}


def _content(post: OutgoingPost) -> Content:
    if len(post.text) > LIMITS.text_length:
        raise PostRejected(f"The text has {len(post.text)} characters, of {LIMITS.text_length} at most; split it.")
    spans = (*post.spans, *_choices(post.buttons))
    mentioned = sorted({span.mention.id for span in spans if span.mention is not None and _is_here(span.mention)})
    content: Content = {
        # A notice is how a bot speaks: other bots leave it alone, and no telephone rings for it. Whoever is called by
        # name is to hear it, and no client lets a notice ring (push rule .m.rule.suppress_notices).
        "msgtype": "m.text" if mentioned else "m.notice",
        "body": "".join(_plain(spans)),
        "m.mentions": {"user_ids": mentioned} if mentioned else {},
    }
    if any(span.style != "plain" or span.url is not None or _is_here(span.mention) for span in spans):
        content |= {"format": "org.matrix.custom.html", "formatted_body": "".join(_html(spans))}
    return content


def _choices(buttons: tuple[Button, ...]) -> Iterable[Span]:
    """A room has no buttons: below the text stands which reaction says what.

    The bot does not put these reactions there itself: a homeserver counts each as a message, and would soon let none
    through (Synapse: one in five seconds).
    """
    if buttons:
        yield Span(text="\n\n" + " · ".join(f"{button.sign} {button.label}" for button in buttons), style="italic")


def _plain(spans: Iterable[Span]) -> Iterable[str]:
    """Text for clients that show no HTML, which must be able to read where a link leads."""
    for url, run in groupby(spans, key=lambda span: span.url):
        text = text_of(run)
        yield text if url is None or url in text else f"{text} ({url})"


def _html(spans: Iterable[Span]) -> Iterable[str]:
    """One element per run of equal look: two neighbouring quotes would else be shown as two blocks."""
    for (style, url, mention), run in groupby(spans, key=lambda span: (span.style, span.url, span.mention)):
        inner = html.escape(text_of(run)).replace("\n", "<br>")
        if style in _TAGS:
            inner = f"<{_TAGS[style]}>{inner}</{_TAGS[style]}>"
        if _is_here(mention) and mention is not None:
            url = f"https://matrix.to/#/{quote(mention.id)}"  # noqa: PLW2901 - a person is shown as a link to them
        yield inner if url is None else f'<a href="{html.escape(url)}">{inner}</a>'


def _is_here(person: PersonRef | None) -> bool:
    return person is not None and person.platform == NAME
