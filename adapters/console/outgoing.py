"""A post as the terminal shows it. Pure: text with styles, nothing written anywhere."""

from __future__ import annotations

import re

from rich.style import Style
from rich.text import Text

from adapters.console.settings import LIMITS
from bot.errors import PostRejected
from bot.messages import LinkCard, OutgoingPost, Span

#: Characters that would steer the terminal instead of being read: all controls but tab and line feed.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_STYLES = {
    "plain": Style.null(),
    "bold": Style(bold=True),
    "italic": Style(italic=True),
    "code": Style(color="cyan"),
    "quote": Style(dim=True, italic=True),
}


def show_post(post: OutgoingPost, *, bot_name: str, answers: str | None) -> Text:
    """Return how `post` looks: the bot's name, the text in its styles, the card below.

    `answers` is the line it answers, shown when others were typed since. Raises PostRejected for a text that is empty
    or longer than the console's limit.
    """
    if not post.text.strip():
        raise PostRejected("the post is empty; give it some text")
    if (length := len(post.text)) > LIMITS.text_length:
        fits = LIMITS.text_length
        raise PostRejected(f"the post has {length} characters and the console takes {fits}; shorten or split it")
    shown = Text()
    if answers is not None:
        shown.append(f"(to: {readable(answers)})\n", style=Style(dim=True))
    shown.append(f"{readable(bot_name)}: ", style=Style(bold=True, color="green"))
    if post.private:
        shown.append("(only you see this) ", style=Style(dim=True))
    for span in post.spans:
        shown.append_text(_styled(span))
    if post.card is not None:
        shown.append_text(_card(post.card))
    for number, button in enumerate(post.buttons, start=1):
        shown.append(f"\n  {number}) {button.sign} {readable(button.label)}", style=Style(dim=True))
    return shown


def readable(text: str) -> str:
    """Return `text` without the characters that would steer a terminal; they show as the replacement character."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _styled(span: Span) -> Text:
    text, style = readable(span.text), _STYLES[span.style]
    if span.url is None or span.url == span.text:
        return Text(text, style=style)
    # Terminals that can't link words are many, so the address is written out as well.
    url = readable(span.url)
    return Text.assemble((text, style + Style(link=url)), f" ({url})")


def _card(card: LinkCard) -> Text:
    lines = [(card.title, Style(bold=True)), (card.description, Style.null()), (card.url, Style(color="blue"))]
    return Text.assemble(*((f"\n  | {readable(text)}", style) for text, style in lines if text))
