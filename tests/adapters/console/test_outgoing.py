"""How a post looks on a terminal."""

from __future__ import annotations

from rich.style import Style

from adapters.console.outgoing import show_post
from adapters.console.settings import Address
from bot.messages import OutgoingPost, Span


def test_styles_are_kept_to_their_words() -> None:
    """Bold words are bold, a link can be pressed and is written out, and plain words are plain."""
    spans = (
        Span(text="Panen", style="bold"),
        Span(text=" sudah mulai, "),
        Span(text="baca", style="italic", url="https://kopitani.example/a"),
    )
    post = OutgoingPost(id="p-1", channel=Address().place("t").posts, spans=spans)
    shown = show_post(post, bot_name="Tani", answers=None)
    styled = {shown.plain[span.start : span.end]: span.style for span in shown.spans if span.style}
    assert shown.style == ""
    assert shown.plain == "Tani: Panen sudah mulai, baca (https://kopitani.example/a)"
    assert styled == {
        "Tani: ": Style(bold=True, color="green"),
        "Panen": Style(bold=True),
        "baca": Style(italic=True, link="https://kopitani.example/a"),
    }
