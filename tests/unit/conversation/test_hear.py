"""What is done about what is heard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Community
from bot.conversation.hear import (
    QUESTIONS_PER_HOUR,
    Ask,
    HandOver,
    Hearing,
    RunCommand,
    Say,
    StaySilent,
    hear,
    reply_language,
)
from bot.conversation.phrases import gist_of
from bot.conversation.wording import TextKey
from bot.messages import CommandGiven, IncomingMessage
from tests.unit.conversation.sample import BRAND, DIRECT, MEMBER, SARI, WARUNG, brand_with, command, message


def hear_in_group(event: IncomingMessage | CommandGiven, community: Community | None = WARUNG) -> Hearing:
    """Hear `event` as the sample brand does."""
    return hear(event, community=community, brand=BRAND, member=MEMBER)


QUESTION = "Berapa lama kopi tahan disimpan?"


def test_a_message_to_nobody_is_left_alone() -> None:
    """The bot does not join in unasked."""
    heard = hear_in_group(message(QUESTION))
    assert isinstance(heard, StaySilent)
    assert heard.why == "not addressed: no name, no answer to the bot, no command"


@pytest.mark.parametrize(
    "event",
    [
        message(QUESTION, mentions_bot=True),
        message(QUESTION, replies_to_bot=True),
        message(QUESTION, channel=DIRECT),
        command("ask", QUESTION),
        command("tanya", QUESTION),
    ],
)
def test_each_way_of_asking_reaches_the_material(event: IncomingMessage | CommandGiven) -> None:
    """By name, by reply, directly and by command in either language, the same question is asked."""
    heard = hear_in_group(event)
    assert isinstance(heard, Ask)
    assert heard.question == QUESTION


@pytest.mark.parametrize(
    ("event", "way"),
    [
        (message(QUESTION, mentions_bot=True), "mention"),
        (message(QUESTION, replies_to_bot=True), "reply_to_bot"),
        (command("ask", QUESTION), "command"),
    ],
)
def test_a_way_the_marketer_switched_off_is_not_answered(event: IncomingMessage | CommandGiven, way: str) -> None:
    """What `answers.speak_when` leaves out is met with silence that names the missing word."""
    brand = brand_with(speak_when=frozenset({"mention", "reply_to_bot", "command"}) - {way})
    heard = hear(event, community=WARUNG, brand=brand, member=MEMBER)
    assert isinstance(heard, StaySilent)
    assert f"answers.speak_when has no `{way}`" in heard.why


def test_a_direct_message_is_answered_whatever_speak_when_says() -> None:
    """Whoever writes to the bot alone speaks to nobody else."""
    heard = hear(
        message(QUESTION, channel=DIRECT), community=None, brand=brand_with(speak_when=frozenset()), member=MEMBER
    )
    assert isinstance(heard, Ask)


def test_nothing_is_said_where_no_community_is_configured() -> None:
    """A group that added the bot unasked hears nothing, even by name."""
    heard = hear_in_group(message(QUESTION, mentions_bot=True), community=None)
    assert heard == StaySilent(why="no community of the configuration is here")


def test_bots_are_never_answered() -> None:
    """Two bots can't begin to talk to each other."""
    heard = hear_in_group(message(QUESTION, mentions_bot=True, author=replace(SARI, is_bot=True)))
    assert isinstance(heard, StaySilent)


@pytest.mark.parametrize(
    "text",
    [
        "makasih ya kak",
        "terima kasih banyak!",
        "Thanks a lot",
        "ok thx",
        "thank you 🙏",
        "🙏",
        "I appreciate your help",
        "many thanks",
    ],
)
def test_thanks_are_taken_kindly(text: str) -> None:
    """Thanks are not searched for in the material."""
    heard = hear_in_group(message(text, replies_to_bot=True))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.YOURE_WELCOME


@pytest.mark.parametrize(
    "text",
    [
        "halo",
        "Assalamualaikum",
        "selamat pagi min",
        "hi there",
        "Good morning!",
        "apa kabar?",
        "how are you doing today?",
        "",
    ],
)
def test_a_greeting_is_answered_by_saying_what_the_bot_is(text: str) -> None:
    """A hello, or the bot's bare name, is answered by an introduction."""
    heard = hear_in_group(message(text, mentions_bot=True))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.GREETING


@pytest.mark.parametrize(
    "text", ["min, mau tanya dong", "halo kak boleh tanya?", "Can I ask a question?", "numpang nanya ya"]
)
def test_who_asks_whether_they_may_ask_is_told_to_go_ahead(text: str) -> None:
    """An announced question is not looked up; the question itself is."""
    heard = hear_in_group(message(text, mentions_bot=True))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.GO_AHEAD
    assert isinstance(hear_in_group(message(f"{text} berapa harga gayo", mentions_bot=True)), Ask)


@pytest.mark.parametrize(
    "text",
    ["are you a bot?", "am I talking to a real person", "kamu bot ya", "ini bot apa orang?", "is this an AI"],
)
def test_the_bot_never_leaves_open_what_it_is(text: str) -> None:
    """Who asks whether they talk to a machine is told so, straight."""
    heard = hear_in_group(message(text, mentions_bot=True))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.ABOUT


@pytest.mark.parametrize("text", ["kak", "min", "help"])
def test_being_called_without_a_word_more_is_an_opening(text: str) -> None:
    """A call for attention gets some."""
    heard = hear_in_group(message(text, mentions_bot=True))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.GO_AHEAD


@pytest.mark.parametrize("text", ["oke sip", "wkwkwk", "got it", "haha", "👍", "iya kak"])
def test_a_nod_needs_no_answer(text: str) -> None:
    """Nobody wants to hear "I don't know" after "ok"."""
    assert isinstance(hear_in_group(message(text, replies_to_bot=True)), StaySilent)


@pytest.mark.parametrize(
    "text",
    [
        "kamu salah",
        "salah tuh kak",
        "You're wrong",
        "you\N{RIGHT SINGLE QUOTATION MARK}re wrong!",
        "ngaco",
        "dasar bot bodoh",
        "wrong!",
    ],
)
def test_being_told_off_is_met_with_an_apology_and_a_person(text: str) -> None:
    """The bot does not argue."""
    heard = hear_in_group(message(text, replies_to_bot=True))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.APOLOGY


@pytest.mark.parametrize(
    "text",
    [
        "apa yang salah dengan grinder saya",
        "what's wrong with my grinder?",
        "kalau salah pesan gimana",
        "is it true that decaf has caffeine?",
        "halo, kopi gayo masih ada?",
        "makasih, terus cara seduhnya gimana?",
        "ada biaya admin?",
        "cara menghubungi admin gimana?",
        "untuk berapa orang satu resep ini",
        "ada orang yang sudah coba V60?",
        "What time does your support person start?",
        "good coffee for espresso",
        "the exchange rate on my order is incorrect",
        "do I need to speak to someone to close my account",
        "how are you roasting the Gayo?",
        "salah satu kopi favorit saya gayo, kalau yang mirip apa",
    ],
)
def test_a_question_stays_a_question(text: str) -> None:
    """Courtesy, a "wrong" or a "person" inside a question does not hide the question."""
    heard = hear_in_group(message(text, replies_to_bot=True))
    assert isinstance(heard, Ask)


def test_a_complaint_before_the_bot_has_spoken_is_a_question() -> None:
    """Without an answer before it there is nothing to apologise for."""
    assert isinstance(hear_in_group(message("itu salah", mentions_bot=True)), Ask)


@pytest.mark.parametrize(
    "text",
    [
        "mau ngomong sama admin",
        "bisa bicara dengan cs?",
        "ada admin?",
        "tolong panggilin adminnya dong",
        "can I talk to a human?",
        "I'd like to speak with a person please",
        "minta orang asli",
        "connect me to someone",
    ],
)
def test_asking_for_a_person_gets_a_person(text: str) -> None:
    """A wish for a person is not answered by a machine."""
    heard = hear_in_group(message(text, mentions_bot=True))
    assert isinstance(heard, HandOver)
    assert heard.about == text


def test_the_person_command_carries_what_it_is_about() -> None:
    """/orang takes the member's words along."""
    heard = hear_in_group(command("orang", "pesanan saya hilang"))
    assert isinstance(heard, HandOver)
    assert heard.about == "pesanan saya hilang"


def test_other_commands_run_under_their_canonical_name() -> None:
    """A command is the same in both languages, and works where asking by command is switched off."""
    heard = hear(command("privasi"), community=WARUNG, brand=brand_with(speak_when=frozenset()), member=MEMBER)
    assert isinstance(heard, RunCommand)
    assert heard.name == "privacy"


def test_an_unknown_command_is_named_only_to_whoever_can_have_meant_us() -> None:
    """In a group it may be another bot's; in a direct conversation it is a slip."""
    assert isinstance(hear_in_group(command("roll")), StaySilent)
    heard = hear_in_group(command("roll", channel=DIRECT))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.COMMAND_UNKNOWN


def test_ask_without_a_question_says_how() -> None:
    """An empty /ask is explained."""
    heard = hear_in_group(command("ask"))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.QUESTION_MISSING


@pytest.mark.parametrize("event", [message(QUESTION, mentions_bot=True), command("ask", QUESTION), command("person")])
def test_a_flood_gets_one_notice_then_silence(event: IncomingMessage | CommandGiven) -> None:
    """The eleventh question of an hour is told so once, and the twelfth meets silence."""
    below = replace(MEMBER, questions_last_hour=QUESTIONS_PER_HOUR - 1)
    full = replace(MEMBER, questions_last_hour=QUESTIONS_PER_HOUR)
    told = replace(full, flood_notified=True)
    heard = [hear(event, community=WARUNG, brand=BRAND, member=member) for member in (below, full, told)]
    assert isinstance(heard[0], Ask | HandOver)
    assert isinstance(heard[1], Say)
    assert heard[1].text_key is TextKey.FLOOD_NOTICE
    assert isinstance(heard[2], StaySilent)


def test_a_flood_never_shuts_out_the_way_out() -> None:
    """/optout works whatever was asked before."""
    told = replace(MEMBER, questions_last_hour=100, flood_notified=True)
    heard = hear(command("optout"), community=WARUNG, brand=BRAND, member=told)
    assert isinstance(heard, RunCommand)


@pytest.mark.parametrize(
    ("chosen", "written", "community", "expected"),
    [
        ("en", "id", WARUNG, "en"),
        (None, "en", WARUNG, "en"),
        (None, "en-GB", WARUNG, "en"),
        (None, "fr", WARUNG, "id"),
        (None, None, replace(WARUNG, language="en"), "en"),
        (None, None, None, "id"),
        ("fr", None, None, "id"),
    ],
)
def test_the_reply_is_in_the_members_language(
    chosen: str | None, written: str | None, community: Community | None, expected: str
) -> None:
    """Choice, then what they write in, then the community, then the brand's first; always one the brand speaks."""
    member = replace(MEMBER, language=chosen)
    assert reply_language(written, community=community, member=member, brand=BRAND) == expected


@given(text=st.text())
def test_any_text_at_all_gets_a_decision_with_a_reason(text: str) -> None:
    """No text breaks the ear, and each decision can be explained."""
    heard = hear_in_group(message(text, mentions_bot=True, replies_to_bot=True))
    assert heard.why


@given(text=st.text(alphabet=st.characters(categories=["L", "Zs"]), min_size=1).filter(str.strip))
def test_what_carries_a_question_mark_is_never_waved_away(text: str) -> None:
    """A question mark is enough to be heard out: neither thanks, nor a nod, nor a complaint."""
    assert gist_of(f"{text}?") not in ("thanks", "nod", "complaint", "nothing")


def test_a_remark_under_a_shared_post_is_left_to_the_members() -> None:
    """Talk about a post is talk among people: nobody asked the bot."""
    heard = hear(
        message("Ini sekampung sama ibuku!", replies_to_bot=True),
        community=WARUNG,
        brand=BRAND,
        member=MEMBER,
        under="post",
    )
    assert isinstance(heard, StaySilent)


def test_a_remark_under_an_answer_is_answered_only_when_the_answer_is_known() -> None:
    """It may be half a question; saying that one does not know would only disturb."""
    heard = hear(
        message("good coffee for espresso", replies_to_bot=True),
        community=WARUNG,
        brand=BRAND,
        member=MEMBER,
        under="reply",
    )
    assert isinstance(heard, Ask)
    assert heard.only_if_known


def test_thanks_with_more_words_is_thanked_for() -> None:
    """People say thanks in many words."""
    heard = hear_in_group(message("asik dpt kopi gratis, makasih tani!", mentions_bot=True))
    assert isinstance(heard, Say)
    assert heard.text_key is TextKey.YOURE_WELCOME
