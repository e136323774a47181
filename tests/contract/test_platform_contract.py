"""What every adapter promises to the core, held against each of them."""

from __future__ import annotations

import asyncio
import importlib
import re
import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from structlog.testing import capture_logs

from adapters import catalog
from bot.errors import (
    ChannelLost,
    LoginRefused,
    PlatformDown,
    PlatformFault,
    PostRejected,
    RateLimited,
    SendUncertain,
)
from bot.messages import Button, ButtonPressed, IncomingMessage, OutgoingPost, PersonRef, ReactionGiven, Span
from bot.ports.platform import Acknowledging, Deleting, Editing, KnowingAdmins, Platform
from tests.contract.harness import CHOICES, Capability, FailureKind, Harness
from tests.contract.listening import PATIENCE_S, Listening

#: Every platform by name, and once more in every other way it can listen. One that is missing here is caught by
#: `test_every_platform_is_held_to_the_contract`.
HARNESSES = {
    "console": "harness_console",
    "discord": "harness_discord",
    "matrix": "harness_matrix",
    "sandbox": "harness_sandbox",
    "telegram": "harness_telegram",
    "telegram-webhook": "harness_telegram_webhook",
}

DEWI = "111111111111111111"
BUDI = "222222222222222222"
LARAS = "333333333333333333"

#: Each way a send can fail, and who must act then.
FAULTS: dict[FailureKind, type[PlatformFault]] = {
    "down": PlatformDown,
    "rate_limited": RateLimited,
    "uncertain": SendUncertain,
    "channel_lost": ChannelLost,
    "rejected": PostRejected,
    "login": LoginRefused,
}

#: What a reader can do, in the words error texts use.
ADVICE = re.compile(
    r"\b(add|again|ask|change|check|create|give|invite|later|look|make|open|read|reduce|remove|reset|retry|retried|"
    r"send|set|shorten|split|start|switch|try|turn|wait|write)\b",
    re.IGNORECASE,
)


def _param(name: str) -> object:
    """Give a platform as a parameter; one whose harness is not in this tree says so instead of failing to import."""
    path = Path(__file__).with_name(f"{HARNESSES[name]}.py")
    marks = () if path.exists() else (pytest.mark.skip(reason=f"there is no {path.name} in this tree"),)
    return pytest.param(name, marks=marks)


@pytest.fixture(params=[_param(name) for name in HARNESSES])
async def harness(request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    """Give each platform with people on its other side."""
    module = importlib.import_module(f"tests.contract.{HARNESSES[request.param]}")
    async with module.Harness() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_secret_is_logged(
    harness: Harness, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[None]:
    """No case may leave a secret in a log record or on the terminal."""
    caplog.set_level("DEBUG")
    yield
    printed = capfd.readouterr()
    for secret in harness.secrets:
        assert secret not in caplog.text
        assert secret not in printed.out + printed.err


def _needs(harness: Harness, *capabilities: Capability) -> None:
    for capability in capabilities:
        if capability in harness.lacks:
            pytest.skip(harness.lacks[capability])


def _post(harness: Harness, *spans: Span | str, id: str = "post-1", reply_to: str | None = None) -> OutgoingPost:  # noqa: A002  # the field's own name
    return OutgoingPost(
        id=id,
        channel=harness.place.posts,
        spans=tuple(span if isinstance(span, Span) else Span(text=span) for span in spans),
        reply_to=reply_to,
    )


def _message(event: object) -> IncomingMessage:
    assert isinstance(event, IncomingMessage), event
    return event


async def _cancel(heard: Listening) -> None:
    """Cancel a running platform, which must be at its end within five seconds."""
    heard.task.cancel()
    done, _ = await asyncio.wait({heard.task}, timeout=5)
    assert done == {heard.task}
    assert heard.task.cancelled()


class TestWhatItIs:
    """A platform is what the catalogue says it is."""

    def test_it_meets_the_port(self, harness: Harness) -> None:
        """An adapter is a `Platform`."""
        assert isinstance(harness.platform, Platform)

    def test_its_facts_are_those_of_the_catalogue(self, harness: Harness) -> None:
        """Name, limits and traits are the same before and after an account is built."""
        kind = catalog.kinds()[harness.name]
        built = harness.platform
        assert (built.name, built.limits, built.traits) == (kind.name, kind.limits, kind.traits)

    def test_the_ids_of_people_are_ids_to_the_catalogue(self, harness: Harness) -> None:
        """An id the platform writes is one the configuration accepts."""
        assert re.search(catalog.kinds()[harness.name].person_id_pattern, harness.known_as(DEWI)) is not None


class TestWhatComesIn:
    """What members do reaches the core once, whole, in its own words."""

    async def test_a_message_comes_with_its_author_text_and_place(self, harness: Harness) -> None:
        """Who, what and where are those of the platform."""
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, "Halo semua, ada yang pernah coba V60?")
            message = _message((await heard.until(1))[0])
        assert message.author.ref == PersonRef(platform=harness.name, id=harness.known_as(DEWI))
        assert message.author.is_bot is False
        assert message.text == "Halo semua, ada yang pernah coba V60?"
        assert harness.place.covers(message.channel)
        assert message.channel.direct is False

    async def test_a_message_is_dated_in_utc(self, harness: Harness) -> None:
        """A time means the same everywhere."""
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, "pagi")
            message = _message((await heard.until(1))[0])
        assert message.at.utcoffset() == timedelta(0)

    async def test_the_id_of_a_message_is_the_platforms_own(self, harness: Harness) -> None:
        """An id that came in is the id to answer."""
        _needs(harness, "message_ids")
        async with Listening(harness.platform) as heard:
            message_id = await harness.says(DEWI, "pagi")
            message = _message((await heard.until(1))[0])
        assert message.message_id == message_id

    async def test_messages_come_in_order_each_with_ids_of_its_own(self, harness: Harness) -> None:
        """The same words twice are two messages and two events."""
        async with Listening(harness.platform) as heard:
            for text in ("satu", "dua", "dua"):
                await harness.says(DEWI, text)
            messages = [_message(event) for event in await heard.until(3)]
        assert [message.text for message in messages] == ["satu", "dua", "dua"]
        assert len({message.event_id for message in messages}) == 3
        assert len({message.message_id for message in messages}) == 3

    async def test_several_people_are_told_apart(self, harness: Harness) -> None:
        """Each message is its author's."""
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, "satu")
            await harness.says(BUDI, "dua")
            messages = [_message(event) for event in await heard.until(2)]
        assert [message.author.ref.id for message in messages] == [harness.known_as(DEWI), harness.known_as(BUDI)]

    async def test_text_of_every_script_comes_unchanged(self, harness: Harness) -> None:
        """Letters and emoji arrive as they were typed."""
        text = "kopi ☕️ 👩\u200d🌾 „Mandheling“ 東京"  # the farmer is two emoji joined by an invisible third character
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, text)
            message = _message((await heard.until(1))[0])
        assert message.text == text

    async def test_a_mention_addresses_the_bot_and_is_taken_out(self, harness: Harness) -> None:
        """The core reads a question, not a name and a question."""
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, "berapa ongkirnya?", mention_bot=True)
            message = _message((await heard.until(1))[0])
        assert (message.mentions_bot, message.text) == (True, "berapa ongkirnya?")

    async def test_talk_among_members_does_not_address_the_bot(self, harness: Harness) -> None:
        """What names nobody is for nobody in particular."""
        _needs(harness, "unaddressed")
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, "berapa ongkirnya?")
            message = _message((await heard.until(1))[0])
        assert (message.mentions_bot, message.replies_to_bot) == (False, False)

    async def test_an_answer_to_the_bot_says_so(self, harness: Harness) -> None:
        """Answering one of the bot's own posts addresses it."""
        _needs(harness, "replies")
        async with Listening(harness.platform) as heard:
            posted = await harness.platform.post(_post(harness, "Ada cerita baru di blog."))
            await harness.says(DEWI, "kapan terbitnya?", reply_to=posted.message_id)
            message = _message((await heard.until(1))[0])
        assert message.replies_to_bot is True
        assert message.reply_to is not None
        assert message.reply_to.id == posted.message_id

    async def test_an_answer_to_a_member_is_not_one_to_the_bot(self, harness: Harness) -> None:
        """Who answers whom is what connectors are found by."""
        _needs(harness, "replies", "message_ids")
        async with Listening(harness.platform) as heard:
            first = await harness.says(DEWI, "siapa mau kopi?")
            await harness.says(BUDI, "aku!", reply_to=first)
            answer = _message((await heard.until(2))[1])
        assert answer.replies_to_bot is False
        assert answer.reply_to is not None
        assert answer.reply_to.id == first

    async def test_a_reaction_comes_with_its_message_and_giver(self, harness: Harness) -> None:
        """A reaction says who, what and on which message."""
        _needs(harness, "reactions")
        async with Listening(harness.platform) as heard:
            message_id = await harness.says(DEWI, "kopi gayo memang juara")
            await harness.reacts(BUDI, message_id, "👍")
            reaction = (await heard.until(2))[1]
        assert isinstance(reaction, ReactionGiven)
        assert (reaction.author.ref.id, reaction.message.id, reaction.emoji) == (
            harness.known_as(BUDI),
            message_id,
            "👍",
        )

    async def test_a_post_is_known_by_the_id_it_got(self, harness: Harness) -> None:
        """A reaction to one of the bot's own posts names the id that posting gave back."""
        _needs(harness, "reactions")
        async with Listening(harness.platform) as heard:
            posted = await harness.platform.post(_post(harness, "Ada cerita baru di blog."))
            await harness.reacts(BUDI, posted.message_id, "👍")
            (reaction,) = await heard.until(1)
        assert isinstance(reaction, ReactionGiven)
        assert (reaction.message.id, reaction.message.channel.channel) == (posted.message_id, posted.channel.channel)

    async def test_other_bots_are_not_heard(self, harness: Harness) -> None:
        """Two bots must never talk each other into a loop."""
        _needs(harness, "bots")
        async with Listening(harness.platform) as heard:
            await harness.says(BUDI, "beep", is_bot=True, mention_bot=True)
            await harness.says(DEWI, "halo")
            messages = [_message(event).text for event in await heard.until(1)]
        assert messages == ["halo"]

    async def test_the_bot_does_not_hear_itself(self, harness: Harness) -> None:
        """What the bot said is no event."""
        _needs(harness, "bots")
        async with Listening(harness.platform) as heard:
            await harness.says_as_bot_itself("Ada cerita baru di blog.")
            await harness.says(DEWI, "halo")
            messages = [_message(event).text for event in await heard.until(1)]
        assert messages == ["halo"]

    async def test_what_nobody_handles_is_passed_over(self, harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
        """An update of an unknown kind gives no event, raises nothing on its way, and harms none that follow."""
        _needs(harness, "unsupported")
        with capture_logs() as logs:
            async with Listening(harness.platform) as heard:
                await harness.sends_something_unsupported()
                await harness.says(DEWI, "halo")
                messages = [_message(event).text for event in await heard.until(1)]
        assert messages == ["halo"]
        assert [entry for entry in logs if "exc_info" in entry] == []
        assert [record for record in caplog.records if record.exc_info] == []

    async def test_what_was_not_committed_comes_again(self, harness: Harness) -> None:
        """A database that is away loses no event: the same ones are delivered again, and `run` goes on."""
        async with Listening(harness.platform, refusals=2) as heard:
            await harness.says(DEWI, "satu")
            await harness.says(BUDI, "dua")
            events = await heard.until(2)
        assert [_message(event).text for event in events] == ["satu", "dua"]
        assert [batch[0].event_id for batch in heard.refused] == [events[0].event_id] * 2

    async def test_a_mistake_of_the_core_does_not_end_it(self, harness: Harness) -> None:
        """Whatever `receive` raises, not only a store's fault: the event comes again, and so do later ones."""
        async with Listening(harness.platform, refusals=1, fault=KeyError("warung")) as heard:
            await harness.says(DEWI, "satu")
            await heard.until(1)
            await harness.says(BUDI, "dua")
            events = await heard.until(2)
        assert [_message(event).text for event in events] == ["satu", "dua"]

    async def test_cancelling_ends_it(self, harness: Harness) -> None:
        """A service that stops does not wait for its platforms."""
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, "halo")
            await heard.until(1)
            await _cancel(heard)

    async def test_cancelling_ends_it_while_the_store_is_away(self, harness: Harness) -> None:
        """What waits to be delivered again does not hold the end up."""
        async with Listening(harness.platform, refusals=1000) as heard:
            await harness.says(DEWI, "halo")
            async with asyncio.timeout(PATIENCE_S):
                await heard.was_refused.wait()
            await _cancel(heard)
        assert heard.events == []


class TestWhatGoesOut:
    """What the core says arrives as it was meant, or not at all."""

    async def test_a_post_arrives_in_its_channel(self, harness: Harness) -> None:
        """Posting needs no running platform and says where the post stands."""
        reference = await harness.platform.post(_post(harness, "Ada cerita baru di blog."))
        (posted,) = harness.posted()
        assert (posted.channel, posted.text) == (harness.place.posts.channel, "Ada cerita baru di blog.")
        assert reference.channel.space == harness.place.posts.space
        assert reference.message_id != ""

    async def test_the_longest_text_fits(self, harness: Harness) -> None:
        """As many characters as the limits say arrive whole."""
        text = "k" * harness.platform.limits.text_length
        await harness.platform.post(_post(harness, text))
        assert [posted.text for posted in harness.posted()] == [text]

    async def test_emoji_count_in_the_platforms_unit(self, harness: Harness) -> None:
        """A character outside the basic plane is one or two, as `unit` says."""
        limits = harness.platform.limits
        text = "😀" * (limits.text_length // (2 if limits.unit == "utf16" else 1))
        await harness.platform.post(_post(harness, text))
        assert [posted.text for posted in harness.posted()] == [text]

    async def test_a_longer_text_is_refused(self, harness: Harness) -> None:
        """One character more is refused whole, never cut: splitting is the core's work."""
        with pytest.raises(PostRejected, match=ADVICE):
            await harness.platform.post(_post(harness, "k" * (harness.platform.limits.text_length + 1)))
        assert harness.posted() == []

    async def test_an_emoji_too_many_is_refused(self, harness: Harness) -> None:
        """The limit holds in the platform's own unit, also where a character counts as two."""
        limits = harness.platform.limits
        text = "😀" * (limits.text_length // (2 if limits.unit == "utf16" else 1) + 1)
        with pytest.raises(PostRejected, match=ADVICE):
            await harness.platform.post(_post(harness, text))
        assert harness.posted() == []

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("*a* _b_ <b>c</b> [x](http://y) @everyone <@123>", id="every-kind"),
            pytest.param("__a__ ~~b~~ ||c|| `d` ```e``` \\*f\\*", id="discord"),
            pytest.param("&lt;b&gt; &amp; <a href='http://y'>x</a> {{ z }}", id="html"),
            pytest.param("# a\n> b\n- c\n1. d\n-# e", id="blocks"),
            pytest.param("[bold]a[/bold] :smile: @here @dewi <#1> <:x:1>", id="names"),
        ],
    )
    async def test_text_is_data(self, harness: Harness, text: str) -> None:
        """What looks like markup or a mention arrives as those same characters and pings nobody."""
        await harness.platform.post(_post(harness, text))
        assert [(posted.text, posted.mentions_pinged) for posted in harness.posted()] == [(text, False)]

    async def test_styled_words_and_links_arrive(self, harness: Harness) -> None:
        """Styles change how words look, not which words there are; a link's address reaches the reader."""
        spans = (
            Span(text="Panen di Gayo", style="bold"),
            Span(text=": "),
            Span(text="1 < 2 * 3", style="italic"),
            Span(text=" "),
            Span(text="gram_air", style="code"),
            Span(text=" "),
            Span(text="baca di sini", url="https://kopitani.example/gayo?a=1&b=2"),
        )
        await harness.platform.post(_post(harness, *spans))
        (posted,) = harness.posted()
        assert posted.text.startswith("Panen di Gayo: 1 < 2 * 3 gram_air baca di sini")
        written = "https://kopitani.example/gayo?a=1&b=2" in posted.text
        assert written or posted.links == ("https://kopitani.example/gayo?a=1&b=2",)

    async def test_an_answer_shows_what_it_answers(self, harness: Harness) -> None:
        """A reply stands under its question."""
        _needs(harness, "reply_references", "message_ids")
        async with Listening(harness.platform) as heard:
            await harness.says(DEWI, "berapa ongkirnya?", mention_bot=True)
            question = _message((await heard.until(1))[0])
            await harness.platform.post(_post(harness, "Gratis di atas 200 ribu.", reply_to=question.message_id))
        assert [posted.reply_to for posted in harness.posted()] == [question.message_id]

    async def test_an_answer_to_what_is_gone_stands_alone(self, harness: Harness) -> None:
        """A deleted question does not swallow its answer."""
        await harness.platform.post(_post(harness, "Gratis di atas 200 ribu.", reply_to="999999999999999999"))
        assert [(posted.text, posted.reply_to) for posted in harness.posted()] == [("Gratis di atas 200 ribu.", None)]

    async def test_the_same_id_again_is_the_same_post(self, harness: Harness) -> None:
        """Where the platform knows an id again, repeating a send changes nothing."""
        if harness.platform.traits.after_uncertainty != "idempotent":
            pytest.skip("this platform recognises no repeated id")
        first = await harness.platform.post(_post(harness, "sekali saja"))
        second = await harness.platform.post(_post(harness, "sekali saja"))
        assert second == first
        assert len(harness.posted()) == 1

    async def test_different_ids_are_different_posts(self, harness: Harness) -> None:
        """The same words may be said twice."""
        first = await harness.platform.post(_post(harness, "halo", id="post-1"))
        second = await harness.platform.post(_post(harness, "halo", id="post-2"))
        assert first.message_id != second.message_id
        assert [posted.text for posted in harness.posted()] == ["halo", "halo"]


def _choice(harness: Harness, *, id: str = "post-1", buttons: tuple[Button, ...] = CHOICES) -> OutgoingPost:  # noqa: A002  # the field's own name
    return replace(_post(harness, "Ongkir ke luar Jawa Rp32.000.", id=id), buttons=buttons)


def _acknowledging(harness: Harness) -> Acknowledging:
    _needs(harness, "presses")
    assert isinstance(harness.platform, Acknowledging)
    return harness.platform


class TestWhatIsChosen:
    """What a post offers to choose is seen, and what is chosen reaches the core once, also after a restart."""

    async def test_a_post_shows_what_can_be_chosen(self, harness: Harness) -> None:
        """Every choice is readable below the text, as data and in order."""
        posted = await harness.platform.post(_choice(harness))
        assert harness.choices(posted.message_id) == (
            "👍 Membantu",
            "👎 Tidak membantu",
            "🙋 Tanya orang <b>*asli*</b>",
        )
        (seen,) = harness.posted()
        assert seen.text.startswith("Ongkir ke luar Jawa Rp32.000.")
        assert not seen.mentions_pinged

    async def test_the_longest_text_fits_with_its_choices(self, harness: Harness) -> None:
        """Choices take nothing from the room a text has."""
        text = "k" * harness.platform.limits.text_length
        await harness.platform.post(replace(_post(harness, text), buttons=CHOICES))
        assert [posted.text.count("k") >= len(text) for posted in harness.posted()] == [True]

    async def test_a_press_is_told_once_with_who_what_and_where(self, harness: Harness) -> None:
        """The button's id comes back as it was given, with the message it stands below."""
        _needs(harness, "presses")
        async with Listening(harness.platform) as heard:
            posted = await harness.platform.post(_choice(harness))
            await harness.presses(DEWI, posted.message_id, CHOICES[2].id)
            await heard.until(1)
            await harness.says(BUDI, "halo")
            pressed, message = await heard.until(2)
        assert isinstance(pressed, ButtonPressed)
        assert (pressed.button, pressed.message.id) == (CHOICES[2].id, posted.message_id)
        assert pressed.author.ref == PersonRef(platform=harness.name, id=harness.known_as(DEWI))
        assert pressed.at.utcoffset() == timedelta(0)
        assert harness.place.covers(pressed.channel)
        assert _message(message).text == "halo"

    async def test_each_press_is_an_event_of_its_own(self, harness: Harness) -> None:
        """Pressing again, or another button, is heard again."""
        _needs(harness, "presses")
        async with Listening(harness.platform) as heard:
            posted = await harness.platform.post(_choice(harness))
            for button in (CHOICES[0], CHOICES[0], CHOICES[1]):
                await harness.presses(DEWI, posted.message_id, button.id)
            events = await heard.until(3)
        assert [event.button for event in events if isinstance(event, ButtonPressed)] == [
            CHOICES[0].id,
            CHOICES[0].id,
            CHOICES[1].id,
        ]
        assert len({event.event_id for event in events}) == 3

    async def test_a_press_that_was_not_committed_comes_again(self, harness: Harness) -> None:
        """The same event, under the same id."""
        _needs(harness, "presses")
        posted = await harness.platform.post(_choice(harness))
        async with Listening(harness.platform, refusals=1) as heard:
            await harness.presses(DEWI, posted.message_id, CHOICES[0].id)
            (pressed,) = await heard.until(1)
        assert [batch[0].event_id for batch in heard.refused] == [pressed.event_id]

    async def test_buttons_outlive_who_posted_them(self, harness: Harness) -> None:
        """A press after a restart is told like any other: all a button means is in its id."""
        _needs(harness, "presses")
        async with Listening(harness.platform):
            posted = await harness.platform.post(_choice(harness))
        async with Listening(harness.platform) as heard:
            await harness.presses(DEWI, posted.message_id, CHOICES[1].id)
            (pressed,) = await heard.until(1)
        assert isinstance(pressed, ButtonPressed)
        assert (pressed.button, pressed.message.id) == (CHOICES[1].id, posted.message_id)

    async def test_the_one_who_pressed_is_answered_alone(self, harness: Harness) -> None:
        """The answer to a press is nobody else's, and is data as all text is."""
        platform = _acknowledging(harness)
        async with Listening(harness.platform) as heard:
            posted = await harness.platform.post(_choice(harness))
            await harness.presses(DEWI, posted.message_id, CHOICES[0].id)
            (pressed,) = await heard.until(1)
            assert isinstance(pressed, ButtonPressed)
            assert pressed.ticket is not None
            await platform.acknowledge(pressed.ticket, private=True, text="Terima kasih, *Dewi*!")
        assert harness.notices() == ["Terima kasih, *Dewi*!"]

    async def test_a_late_answer_to_a_press_harms_nobody(self, harness: Harness) -> None:
        """What the platform does not wait for any more is no error."""
        platform = _acknowledging(harness)
        async with Listening(harness.platform) as heard:
            await platform.acknowledge("4711", private=True, text="Terima kasih!")
            await harness.says(DEWI, "halo")
            await heard.until(1)
        assert harness.notices() == []

    async def test_an_edit_changes_what_can_be_chosen(self, harness: Harness) -> None:
        """With the words of a message its choices change, and without any they go."""
        platform = _editing(harness)
        _needs(harness, "presses")
        posted = await harness.platform.post(_choice(harness))
        await platform.edit(posted, _choice(harness, id="edit-1", buttons=CHOICES[2:]))
        assert harness.choices(posted.message_id) == ("🙋 Tanya orang <b>*asli*</b>",)
        await platform.edit(posted, _choice(harness, id="edit-2", buttons=()))
        assert harness.choices(posted.message_id) == ()


class TestWhatGoesWrong:
    """A failed send says who must act, what to do, and no secret."""

    @pytest.mark.parametrize("kind", get_args(FailureKind))
    async def test_a_failure_is_named_by_who_must_act(self, harness: Harness, kind: FailureKind) -> None:
        """Each kind of failure is its own error, whose text says what to do next and holds no secret."""
        _needs(harness, kind)
        await harness.fail_next_send(kind)
        with pytest.raises(PlatformFault, match=ADVICE) as caught:
            await harness.platform.post(_post(harness, "Ada cerita baru di blog."))
        assert type(caught.value) is FAULTS[kind]
        told = "".join(traceback.format_exception(caught.value))
        assert [secret for secret in harness.secrets if secret in told] == []

    @pytest.mark.parametrize("kind", [kind for kind in get_args(FailureKind) if kind != "uncertain"])
    async def test_what_is_certainly_not_sent_is_not_there(self, harness: Harness, kind: FailureKind) -> None:
        """Every failure but the uncertain one means that nothing was posted."""
        _needs(harness, kind)
        await harness.fail_next_send(kind)
        with pytest.raises(FAULTS[kind]):
            await harness.platform.post(_post(harness, "Ada cerita baru di blog."))
        assert harness.posted() == []

    async def test_patience_has_a_length(self, harness: Harness) -> None:
        """A platform that asks for patience says for how long."""
        _needs(harness, "rate_limited")
        await harness.fail_next_send("rate_limited")
        with pytest.raises(RateLimited) as caught:
            await harness.platform.post(_post(harness, "Ada cerita baru di blog."))
        assert caught.value.retry_after > timedelta(0)

    async def test_an_uncertain_post_can_be_repeated_where_ids_are_known_again(self, harness: Harness) -> None:
        """After a lost answer the same id gives one message, not two."""
        _needs(harness, "uncertain")
        if harness.platform.traits.after_uncertainty != "idempotent":
            pytest.skip("this platform recognises no repeated id")
        await harness.fail_next_send("uncertain")
        with pytest.raises(SendUncertain):
            await harness.platform.post(_post(harness, "sekali saja"))
        await harness.platform.post(_post(harness, "sekali saja"))
        assert len(harness.posted()) == 1

    @pytest.mark.parametrize("kind", ["down", "rate_limited", "rejected"])
    async def test_it_works_again_after_a_passing_failure(self, harness: Harness, kind: FailureKind) -> None:
        """One bad send does not spoil the next."""
        _needs(harness, kind)
        await harness.fail_next_send(kind)
        with pytest.raises(FAULTS[kind]):
            await harness.platform.post(_post(harness, "satu", id="post-1"))
        async with asyncio.timeout(PATIENCE_S):
            await harness.platform.post(_post(harness, "dua", id="post-2"))
        assert [posted.text for posted in harness.posted()] == ["dua"]


def _editing(harness: Harness) -> Editing:
    if not isinstance(harness.platform, Editing):
        pytest.skip("on this platform the bot can't change what it has posted")
    return harness.platform


def _deleting(harness: Harness) -> Deleting:
    if not isinstance(harness.platform, Deleting):
        pytest.skip("on this platform the bot can't take back what it has posted")
    return harness.platform


class TestWhatIsCorrected:
    """What the bot has posted can be changed where the platform lets it, and nothing else happens by it."""

    async def test_an_edited_post_says_the_new_words_in_its_old_place(self, harness: Harness) -> None:
        """The message stays the same one, under the same id."""
        platform = _editing(harness)
        posted = await harness.platform.post(_post(harness, "Suhu air 96 derajat."))
        await platform.edit(posted, _post(harness, "Suhu air *94* derajat, <b>bukan</b> 96.", id="edit-1"))
        assert harness.standing(posted.message_id) == "Suhu air *94* derajat, <b>bukan</b> 96."
        assert len(harness.posted()) == 1

    async def test_the_same_words_again_are_success(self, harness: Harness) -> None:
        """An edit whose answer was lost can simply be repeated."""
        platform = _editing(harness)
        posted = await harness.platform.post(_post(harness, "Suhu air 96 derajat."))
        for number in range(2):
            await platform.edit(posted, _post(harness, "baca https://kopitani.example/v60", id=f"edit-{number}"))
        assert harness.standing(posted.message_id) == "baca https://kopitani.example/v60"

    async def test_what_is_gone_can_not_be_edited(self, harness: Harness) -> None:
        """A correction of a message nobody can read is refused, and nothing is posted for it."""
        platform = _editing(harness)
        posted = await harness.platform.post(_post(harness, "Suhu air 96 derajat."))
        await _deleting(harness).delete(posted)
        with pytest.raises(PostRejected, match=ADVICE):
            await platform.edit(posted, _post(harness, "Suhu air 94 derajat.", id="edit-1"))
        assert harness.standing(posted.message_id) is None

    async def test_an_edit_that_is_too_long_is_refused(self, harness: Harness) -> None:
        """The old words stay."""
        platform = _editing(harness)
        posted = await harness.platform.post(_post(harness, "Suhu air 96 derajat."))
        with pytest.raises(PostRejected, match=ADVICE):
            await platform.edit(posted, _post(harness, "k" * (harness.platform.limits.text_length + 1), id="edit-1"))
        assert harness.standing(posted.message_id) == "Suhu air 96 derajat."

    @pytest.mark.parametrize("kind", get_args(FailureKind))
    async def test_a_failed_edit_is_named_by_who_must_act(self, harness: Harness, kind: FailureKind) -> None:
        """Edits fail like posts do, and what is certainly not done has changed nothing."""
        platform = _editing(harness)
        _needs(harness, kind)
        posted = await harness.platform.post(_post(harness, "Suhu air 96 derajat."))
        await harness.fail_next_send(kind, verb="edit")
        with pytest.raises(FAULTS[kind], match=ADVICE) as caught:
            await platform.edit(posted, _post(harness, "Suhu air 94 derajat.", id="edit-1"))
        told = "".join(traceback.format_exception(caught.value))
        assert [secret for secret in harness.secrets if secret in told] == []
        if kind != "uncertain":
            assert harness.standing(posted.message_id) == "Suhu air 96 derajat."

    async def test_a_deleted_post_is_gone(self, harness: Harness) -> None:
        """Taking it back once more is success too."""
        platform = _deleting(harness)
        posted = await harness.platform.post(_post(harness, "Salah kanal."))
        await platform.delete(posted)
        await platform.delete(posted)
        assert harness.standing(posted.message_id) is None

    @pytest.mark.parametrize("kind", ["down", "rate_limited", "login"])
    async def test_a_failed_deletion_leaves_the_post(self, harness: Harness, kind: FailureKind) -> None:
        """Deletions fail like posts do."""
        platform = _deleting(harness)
        _needs(harness, kind)
        posted = await harness.platform.post(_post(harness, "Salah kanal."))
        await harness.fail_next_send(kind, verb="delete")
        with pytest.raises(FAULTS[kind], match=ADVICE):
            await platform.delete(posted)
        assert harness.standing(posted.message_id) == "Salah kanal."


class TestWhoHasASay:
    """Only who the platform says is an admin is one."""

    async def test_an_admin_is_told_from_members_and_strangers(self, harness: Harness) -> None:
        """By their account, and never by a name or by having written something."""
        _needs(harness, "admins")
        platform = harness.platform
        assert isinstance(platform, KnowingAdmins)
        async with Listening(harness.platform):
            await harness.says(BUDI, "halo")
            await harness.appoints(DEWI)
            said = {
                who: await platform.is_admin(
                    harness.place.posts, PersonRef(platform=platform.name, id=harness.known_as(who))
                )
                for who in (BUDI, DEWI, LARAS)
            }
        assert said == {BUDI: False, DEWI: True, LARAS: False}
