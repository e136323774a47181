"""How answers and pages read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.pages import (
    Standing,
    TopLine,
    compose_about,
    compose_consent,
    compose_help,
    compose_language,
    compose_me,
    compose_privacy,
    compose_top,
    find_language,
)
from bot.conversation.reply import compose_answer, compose_fixed, compose_handover
from bot.conversation.wording import TextKey, Wording
from bot.messages import Span
from bot.ports.answering import Answer, Candidate, Citation, KnowledgeItem
from tests.unit.conversation.sample import BRAND, MEMBER, brand_with

ID = Wording("id")
EN = Wording("en")
STRANGER = replace(MEMBER, introduced=False)
ITEM = KnowledgeItem(
    source="faq",
    item="storage",
    title="Menyimpan kopi",
    url="https://kopitani.example/simpan",
    language="id",
    questions=("Berapa lama kopi tahan?",),
    text="Biji kopi tahan satu bulan.",
)
CITATION = Citation(source="faq", item="storage", title=ITEM.title, url=ITEM.url, quote=ITEM.text)
ANSWER = Answer(
    verdict="answered",
    text=ITEM.text,
    confidence=0.9,
    citations=(CITATION,),
    candidates=(Candidate(item=ITEM, passage=ITEM.text, score=1.0),),
    language="id",
    reason="it fits",
)


def plain(spans: tuple[Span, ...]) -> str:
    """Read the text of all spans."""
    return "".join(span.text for span in spans)


def test_an_answer_ends_with_its_source() -> None:
    """The words of the material, then where they stand, as a link."""
    spans = compose_answer(ANSWER, brand=BRAND, member=MEMBER, wording=ID)
    assert plain(spans) == "Biji kopi tahan satu bulan.\n\nSumber: Menyimpan kopi"
    assert spans[-1].url == "https://kopitani.example/simpan"


def test_sources_are_left_out_when_the_marketer_says_so() -> None:
    """`cite_sources: false` leaves the answer alone."""
    spans = compose_answer(ANSWER, brand=brand_with(cite_sources=False), member=MEMBER, wording=ID)
    assert plain(spans) == "Biji kopi tahan satu bulan."


def test_several_sources_are_listed_once_each() -> None:
    """A page quoted twice is one source; more than three are left out."""
    more = tuple(replace(CITATION, item=str(n), title=f"T{n}", url=f"https://x.example/{n}") for n in range(5))
    answer = replace(ANSWER, citations=(CITATION, CITATION, *more))
    spans = compose_answer(answer, brand=BRAND, member=MEMBER, wording=EN)
    assert plain(spans).split("Sources:")[1] == "\n• Menyimpan kopi\n• T0\n• T1"


def test_material_in_another_language_says_so() -> None:
    """Indonesian words in an English reply are announced."""
    spans = compose_answer(ANSWER, brand=BRAND, member=MEMBER, wording=EN)
    assert plain(spans).startswith("I only have this in Indonesian:\nBiji kopi")


@pytest.mark.parametrize("verdict", ["answered", "unsure"])
def test_a_stranger_first_hears_what_they_talk_to(verdict: str) -> None:
    """The first message to each member says that it is automated, and whose it is."""
    answer = replace(ANSWER, verdict=verdict)  # type: ignore[arg-type] # both are verdicts
    spans = compose_answer(answer, brand=BRAND, member=STRANGER, wording=ID)
    assert spans[0].text == "Aku Tani, asisten otomatis Kopi Tani.\n\n"
    again = compose_answer(answer, brand=BRAND, member=MEMBER, wording=ID)
    assert again == spans[1:]


def test_every_message_discloses_where_the_marketer_wants_it() -> None:
    """`introduce_as_bot: every_message` holds for members who know it already."""
    brand = replace(BRAND, privacy=replace(BRAND.privacy, introduce_as_bot="every_message"))
    spans = compose_answer(ANSWER, brand=brand, member=MEMBER, wording=EN)
    assert spans[0].text == "I'm Tani, the automated assistant of Kopi Tani.\n\n"


def test_a_greeting_discloses_by_itself() -> None:
    """Nobody is told twice in one message."""
    spans = compose_fixed(TextKey.GREETING, brand=BRAND, member=STRANGER, wording=EN)
    assert len(spans) == 1
    assert "automated assistant of Kopi Tani" in plain(spans)


def test_silence_is_no_spans() -> None:
    """What is no question gets no answer, and no disclosure either."""
    assert compose_answer(replace(ANSWER, verdict="silent"), brand=BRAND, member=STRANGER, wording=ID) == ()


def test_a_person_is_offered_only_where_there_is_one() -> None:
    """The way to a person is not promised when nobody is named under `handoff`: unsure, sorry, or in the help."""
    nobody = brand_with(handoff=None)
    for brand, offered in ((BRAND, True), (nobody, False)):
        sorry = plain(compose_fixed(TextKey.APOLOGY, brand=brand, member=MEMBER, wording=ID))
        listed = plain(compose_help(brand=brand, direct=True, wording=ID))
        assert ("/orang" in sorry, "/orang" in listed) == (offered, offered)
    unsure = replace(ANSWER, verdict="unsure", text="", citations=())
    assert "/orang" in plain(compose_answer(unsure, brand=BRAND, member=MEMBER, wording=ID))
    alone = compose_answer(unsure, brand=nobody, member=MEMBER, wording=ID)
    assert "/orang" not in plain(alone)


@pytest.mark.parametrize(
    "key", [TextKey.APOLOGY, TextKey.FLOOD_NOTICE, TextKey.QUESTION_MISSING, TextKey.YOURE_WELCOME]
)
@pytest.mark.parametrize("wording", [ID, EN])
def test_fixed_sentences_have_no_holes(key: TextKey, wording: Wording) -> None:
    """Every sentence that may be said alone finds its values."""
    assert "{" not in plain(compose_fixed(key, brand=BRAND, member=STRANGER, wording=wording))


def test_handing_over_names_the_person() -> None:
    """The person called is mentioned as the platform writes it; without one, that is said."""
    called = compose_handover("@dewi", mention=None, requested=True, brand=BRAND, member=MEMBER, wording=EN)
    assert plain(called) == "@dewi, somebody here would like to talk to a person. I'll step back."
    nobody = compose_handover(None, mention=None, requested=True, brand=BRAND, member=MEMBER, wording=EN)
    assert plain(nobody) == "Sorry, there is nobody I can call from here."


def test_the_leaderboard_is_a_numbered_list() -> None:
    """Whole numbers, names as given, levels where there are some."""
    lines = (TopLine(name="Sari", score=41.6, level="regular"), TopLine(name="anggota {4f2}", score=3.2, level=""))
    assert plain(compose_top(lines, wording=ID)) == "Paling aktif di sini\n1. Sari: 42 (regular)\n2. anggota {4f2}: 3"
    assert plain(compose_top((), wording=EN)).startswith("Nobody is on the list yet.")


def test_me_tells_where_i_stand() -> None:
    """Score, place, level and messages; and plainly when nothing is counted."""
    standing = Standing(score=41.6, level="regular", place=2, count=9, messages=12)
    said = "Your score is 42, which is place 2 of 9.\nYour level: regular.\nMessages counted: 12."
    assert plain(compose_me(standing, member=MEMBER, wording=EN)) == said
    assert plain(compose_me(None, member=MEMBER, wording=EN)) == "Nothing is counted for you here yet."
    assert "/ikut" in plain(compose_me(standing, member=replace(MEMBER, consent="out"), wording=ID))


def test_help_lists_every_command_in_the_readers_language() -> None:
    """Indonesian readers see Indonesian commands."""
    said = plain(compose_help(brand=BRAND, direct=False, wording=ID))
    assert "\n/tanya: Ajukan pertanyaan" in said
    assert "\n/ask" not in said


def test_privacy_says_what_this_brand_really_keeps() -> None:
    """The page follows the settings, not a promise of its own."""
    said = plain(compose_privacy(brand=BRAND, pseudonym="member 4f2", wording=EN))
    assert "180 days" in said
    assert "What you write is not kept." in said
    assert "member 4f2" in said
    assert said.endswith("https://kopitani.example/privacy")
    privacy = replace(BRAND.privacy, store_text="full", names="all", consent="none", keep_events=timedelta(days=7))
    other = plain(compose_privacy(brand=replace(BRAND, privacy=privacy), pseudonym="member 4f2", wording=EN))
    assert "What you write here is kept as well." in other
    assert "Nothing counts towards your score unless you say /optin." in other
    assert "for 7 days" in other
    assert "member 4f2" not in other


def test_about_names_the_policy_only_where_there_is_one() -> None:
    """No policy, no link."""
    assert compose_about(brand=BRAND, wording=EN)[-1].url == "https://kopitani.example/privacy"
    assert len(compose_about(brand=replace(BRAND, privacy_policy=None), wording=EN)) == 1


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("en", "en"),
        ("English", "en"),
        ("inggris", "en"),
        ("bahasa Inggris", "en"),
        ("Indonesia", "id"),
        ("", None),
        ("fr", None),
    ],
)
def test_a_language_is_found_by_tag_or_name(wish: str, expected: str | None) -> None:
    """Members need not know tags."""
    assert find_language(wish, brand=BRAND) == expected


def test_a_chosen_language_confirms_itself() -> None:
    """The confirmation is already in the new language; without a choice the languages are named."""
    assert plain(compose_language("id", brand=BRAND, wording=EN)) == (
        "Mulai sekarang aku menjawab kamu dalam bahasa Indonesia."
    )
    said = plain(compose_language(None, brand=BRAND, wording=EN))
    assert said == "I speak Indonesian, English. Write for example: /language id"


@pytest.mark.parametrize("wording", [ID, EN])
def test_consent_confirmations_name_the_way_back(wording: Wording) -> None:
    """Either choice can be undone, and the confirmation says how."""
    assert "/optout" in plain(compose_consent("in", wording=EN))
    assert "/ikut" in plain(compose_consent("out", wording=ID))
    assert "{" not in plain(compose_consent("in", wording=wording))
