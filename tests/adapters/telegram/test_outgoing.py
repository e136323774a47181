"""What the core says, in Telegram's terms."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from telegram import LinkPreviewOptions, MessageEntity, ReplyParameters, User

from adapters.telegram.outgoing import send_arguments
from bot.messages import LONGEST_LABEL, MOST_BUTTONS, Button, LinkCard, OutgoingPost, PersonRef, Span, Style
from tests.adapters.telegram.payloads import CHANNEL, CHAT_ID

POST = OutgoingPost(id="p-1", channel=CHANNEL, spans=(Span(text="Ada cerita baru."),))


@given(
    st.lists(
        st.builds(
            Button,
            id=st.from_regex(r"[A-Za-z0-9_.:-]{1,64}", fullmatch=True),
            label=st.text(
                st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=LONGEST_LABEL
            ),
            sign=st.sampled_from(["👍", "👎", "🙋", "✏️"]),
        ),
        max_size=MOST_BUTTONS,
    )
)
def test_every_button_is_drawn_once_in_order(buttons: list[Button]) -> None:
    """Whatever they say, all are there, and what comes back is each one's own id, within Telegram's 64 bytes."""
    keyboard = send_arguments(replace(POST, buttons=tuple(buttons)))["reply_markup"]
    drawn = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    assert [button.callback_data for button in drawn] == [button.id for button in buttons]
    assert all(len(str(button.callback_data).encode()) <= 64 for button in drawn)
    assert [button.text for button in drawn] == [f"{button.sign} {button.label}" for button in buttons]


LARAS = PersonRef(platform="telegram", id="184467")

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["😀", "👩‍🌾👍🏽", "🇮🇩", "a😀b"]
)
SPANS = st.lists(
    st.builds(
        Span,
        text=TEXTS,
        style=st.sampled_from(get_args(Style)),
        url=st.none() | st.just("https://kopitani.example/"),
        mention=st.none() | st.just(LARAS),
    ),
    min_size=1,
    max_size=8,
).map(tuple)


def test_a_plain_post_is_text_and_place() -> None:
    """No markup, no thread, no answer, no preview."""
    assert send_arguments(POST) == {
        "chat_id": CHAT_ID,
        "text": "Ada cerita baru.",
        "entities": [],
        "message_thread_id": None,
        "reply_parameters": None,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        "reply_markup": None,
    }


def test_styles_are_entities_counted_in_utf16() -> None:
    """An emoji is two units; neighbours of one look are one run."""
    spans = (
        Span(text="😀 "),
        Span(text="Panen", style="bold"),
        Span(text="\n"),
        Span(text="satu\n", style="quote"),
        Span(text="dua", style="quote"),
        Span(text=" baca", url="https://kopitani.example/gayo"),
        Span(text="x", style="code", url="https://kopitani.example/x"),
    )
    assert send_arguments(replace(POST, spans=spans))["entities"] == [
        MessageEntity(type="bold", offset=3, length=5),
        MessageEntity(type="blockquote", offset=9, length=8),
        MessageEntity(type="text_link", offset=17, length=5, url="https://kopitani.example/gayo"),
        MessageEntity(type="text_link", offset=22, length=1, url="https://kopitani.example/x"),
    ]


@given(spans=SPANS)
def test_entities_cover_exactly_the_words_they_style(spans: tuple[Span, ...]) -> None:
    """Cut out by UTF-16 units, the words under each kind of entity are those of the spans that asked for it."""
    arguments = send_arguments(replace(POST, spans=spans))
    units = arguments["text"].encode("utf-16-le")

    def under(kind: str) -> str:
        return "".join(
            units[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")
            for entity in arguments["entities"]
            if entity.type == kind
        )

    assert arguments["text"] == "".join(span.text for span in spans)
    assert under("bold") == "".join(span.text for span in spans if span.style == "bold")
    bare = tuple(span for span in spans if span.mention is None)
    assert under("code") == "".join(span.text for span in bare if span.style == "code" and span.url is None)
    assert under("text_link") == "".join(span.text for span in bare if span.url is not None)
    assert under("text_mention") == "".join(span.text for span in spans if span.mention is not None)


def test_somebody_named_on_purpose_is_notified_by_their_id() -> None:
    """Their name is data and may be anything; a person of another platform stays a name."""
    spans = (
        Span(text="😀 "),
        Span(text="@Laras_*", style="bold", mention=LARAS),
        Span(text=" dan "),
        Span(text="Budi", mention=PersonRef(platform="discord", id="184467")),
        Span(text="Sari", mention=PersonRef(platform="telegram", id="sari")),
    )
    entities = send_arguments(replace(POST, spans=spans))["entities"]
    assert entities == [
        MessageEntity(
            type="text_mention", offset=3, length=8, user=User(id=184467, first_name="@Laras_*", is_bot=False)
        ),
        MessageEntity(type="bold", offset=3, length=8),
    ]
    assert [entity.user.id for entity in entities if entity.user is not None] == [184467]


def test_half_a_character_is_replaced() -> None:
    """No request can carry it, and the words after it keep their style."""
    spans = (Span(text="a\ud83db\0 "), Span(text="tebal", style="bold"))
    arguments = send_arguments(replace(POST, spans=spans))
    assert (arguments["text"], arguments["entities"]) == (
        "a\ufffdb tebal",
        [MessageEntity(type="bold", offset=4, length=5)],
    )


def test_a_topic_is_named_and_general_left_out() -> None:
    """Telegram refuses a thread id of 1."""
    threads = [
        send_arguments(replace(POST, channel=replace(CHANNEL, thread=thread)))["message_thread_id"]
        for thread in (None, "1", "12")
    ]
    assert threads == [None, None, 12]


def test_an_answer_is_sent_even_when_its_question_is_gone() -> None:
    """A deleted question does not swallow its answer."""
    reply = send_arguments(replace(POST, reply_to="11"))["reply_parameters"]
    assert reply is not None
    assert reply == ReplyParameters(message_id=11)
    assert reply.allow_sending_without_reply is True


def test_a_card_is_the_preview_of_its_page() -> None:
    """Telegram draws it from the page, below the text."""
    card = LinkCard(url="https://kopitani.example/gayo", title="Panen di Gayo")
    assert send_arguments(replace(POST, card=card))["link_preview_options"] == LinkPreviewOptions(
        is_disabled=False, url="https://kopitani.example/gayo"
    )
