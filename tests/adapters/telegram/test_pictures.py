"""Posts with a picture, against a Bot API server over real HTTP: a photo where it can be, the words in any case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.telegram.adapter import TelegramPlatform
from bot.errors import ChannelLost, PostRejected, SendUncertain
from bot.messages import LinkCard, OutgoingPost, Span
from tests.adapters.telegram.driving import GROUP, build, post
from tests.servers.telegram_server import Fault, TelegramServer

PICTURE = "https://kopi.example/panen.jpg"
PAGE = "https://kopi.example/panen"
CARD = LinkCard(url=PAGE, title="Panen", image_url=PICTURE)


@pytest.fixture
async def platform(server: TelegramServer) -> AsyncIterator[TelegramPlatform]:
    """Give an account that is closed afterwards."""
    built = build(server)
    yield built
    await built.close()


def shared(text: str = "Panen di lereng Ijen", *, card: LinkCard | None = CARD, **changes: str | None) -> OutgoingPost:
    """Return a share with a picture, its first word bold."""
    first, _, rest = text.partition(" ")
    spans = (Span(text=first, style="bold"), Span(text=f" {rest}")) if rest else (Span(text=text),)
    return replace(post(thread=changes.get("thread")), spans=spans, card=card, reply_to=changes.get("reply_to"))


def said(server: TelegramServer) -> list[tuple[str, str | None, str | None]]:
    """Return text, picture and previewed page of what was sent."""
    return [(one.text, one.photo, (one.link_preview_options or {}).get("url")) for one in server.sent]


async def test_a_picture_is_posted_with_the_text_below(server: TelegramServer, platform: TelegramPlatform) -> None:
    """With its entities and as an answer, like any post."""
    asked = server.world.says(GROUP, 184467, "ada kabar?")
    await platform.post(shared(reply_to=str(asked)))
    assert said(server) == [("Panen di lereng Ijen", PICTURE, None)]
    assert [(dict(entity), sent.reply_to) for sent in server.sent for entity in sent.entities] == [
        ({"type": "bold", "offset": 0, "length": 5}, asked)
    ]


async def test_half_a_character_is_replaced(server: TelegramServer, platform: TelegramPlatform) -> None:
    """No request can carry one, below a picture or not."""
    posted = await platform.post(shared("a \ud83d"))
    await platform.edit(posted, shared("b \ud83d"))
    assert said(server) == [("a \ufffd", PICTURE, None)]
    assert server.world.chats[GROUP].messages[int(posted.message_id)]["caption"] == "b \ufffd"


async def test_a_picture_goes_into_its_topic() -> None:
    """As text does."""
    async with TelegramServer() as server:
        server.world.add_group(forum=True)
        topic, platform = server.world.add_topic(GROUP, "Panen"), build(server)
        posted = await platform.post(shared(thread=str(topic)))
        await platform.close()
    assert ([sent.topic for sent in server.sent], posted.channel.thread) == ([topic], str(topic))


@pytest.mark.parametrize(("text", "photo"), [("x" * 1024, PICTURE), ("x" * 1025, None), ("😀" * 513, None)])
async def test_a_text_too_long_for_a_caption_goes_without(
    server: TelegramServer, platform: TelegramPlatform, text: str, photo: str | None
) -> None:
    """1024 UTF-16 units fit; beyond that Telegram draws the page instead."""
    await platform.post(shared(text))
    assert said(server) == [(text, photo, None if photo else PAGE)]


@pytest.mark.parametrize(
    "refusal",
    [
        "failed to get HTTP URL content",
        "wrong file identifier/HTTP URL specified",
        "wrong type of the web page content",
        "PHOTO_INVALID_DIMENSIONS",
        "IMAGE_PROCESS_FAILED",
        "WEBPAGE_MEDIA_EMPTY",
        "not enough rights to send photos to the chat",
    ],
)
async def test_a_picture_that_cannot_be_had_keeps_no_post_back(
    server: TelegramServer, platform: TelegramPlatform, refusal: str
) -> None:
    """The text goes once, with a preview of the page."""
    server.fail_next("sendPhoto", Fault(kind="bad_request", text=f"Bad Request: {refusal}"))
    await platform.post(shared())
    assert said(server) == [("Panen di lereng Ijen", None, PAGE)]


async def test_other_refusals_are_no_reason_to_try_the_text(server: TelegramServer, platform: TelegramPlatform) -> None:
    """A lost answer may have been a photo that stands there; a lost place is lost for text as well."""
    server.fail_next("sendPhoto", Fault(kind="drop_after"))
    server.fail_next("sendPhoto", Fault(kind="bad_request", text="Bad Request: message thread not found"))
    with pytest.raises(SendUncertain):
        await platform.post(shared())
    with pytest.raises(ChannelLost):
        await platform.post(shared())
    assert said(server) == [("Panen di lereng Ijen", PICTURE, None)]


@pytest.mark.parametrize("was_photo", [True, False])
@pytest.mark.parametrize("is_photo", [True, False])
async def test_an_edit_finds_out_what_the_message_is(
    server: TelegramServer, platform: TelegramPlatform, *, was_photo: bool, is_photo: bool
) -> None:
    """Its picture may have come or gone with the correction; the words are corrected in any case, and twice is once."""
    posted = await platform.post(shared(card=CARD if was_photo else None))
    correction = shared("Panen di lereng Raung", card=CARD if is_photo else None)
    await platform.edit(posted, correction)
    await platform.edit(posted, correction)
    message = server.world.chats[GROUP].messages[int(posted.message_id)]
    assert message["caption" if was_photo else "text"] == "Panen di lereng Raung"


async def test_a_caption_takes_no_long_correction(server: TelegramServer, platform: TelegramPlatform) -> None:
    """The operator reads how long it may be."""
    posted = await platform.post(shared())
    with pytest.raises(PostRejected, match="shorten it to what fits below a picture"):
        await platform.edit(posted, shared("x" * 2000))
    assert server.world.chats[GROUP].messages[int(posted.message_id)]["caption"] == "Panen di lereng Ijen"
