"""Answers put together as spans: an answer with its sources, and the disclosure that goes before it.

Whatever comes from members or from the brand's material is a span's text: data, never markup. Which answer it is, and
whether anything is said at all, is decided before.
"""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from bot.brand import Brand
from bot.conversation.commands import name_in
from bot.conversation.hear import MemberState
from bot.conversation.wording import TextKey, Wording
from bot.messages import PersonRef, Span
from bot.ports.answering import Answer, Citation

#: More sources than this help nobody.
_MOST_SOURCES = 3
#: Stands for the person while a sentence is put together; no wording has it.
_PERSON = "\0"
#: What already says what the bot is.
_DISCLOSING = frozenset({TextKey.GREETING, TextKey.ABOUT})


def compose_answer(answer: Answer, *, brand: Brand, member: MemberState, wording: Wording) -> tuple[Span, ...]:
    """Return what to say for `answer`; () when its verdict is `silent`.

    The disclosure comes first when it is due. An answer in another language than `wording`'s carries a note, and its
    sources when `answers.cite_sources` is set. `unsure` is said briefly, with the way to a person where there is one.
    """
    if answer.verdict == "silent":
        return ()
    said: tuple[Span, ...]
    if answer.verdict == "answered":
        note = _note_language(answer, wording)
        said = (*note, Span(text=answer.text))
        if brand.answers.cite_sources:
            said += _name_sources(answer.citations, wording)
    else:
        said = _say_unsure(brand, wording)
    return disclose(said, brand=brand, member=member, wording=wording)


def compose_fixed(key: TextKey, *, brand: Brand, member: MemberState, wording: Wording) -> tuple[Span, ...]:
    """Return one fixed sentence, as `hear.Say` asks for it, the disclosure before it when it is due."""
    text = wording.text(key, **_names(brand, wording))
    if key is TextKey.APOLOGY:
        text += _offer_person(brand, wording)
    said = (Span(text=text),)
    if key in _DISCLOSING:
        return said
    return disclose(said, brand=brand, member=member, wording=wording)


def compose_handover(
    person: str | None,
    *,
    mention: PersonRef | None,
    requested: bool,
    brand: Brand,
    member: MemberState,
    wording: Wording,
) -> tuple[Span, ...]:
    """Return the call for the person called `person`; None when nobody is named for it.

    `mention` is their account on the platform, if they have one: they are notified. `requested` is whether the member
    asked for a person, rather than the bot not knowing.
    """
    key = TextKey.NOBODY_TO_ASK
    if person is not None:
        key = TextKey.HANDED_OVER_ON_REQUEST if requested else TextKey.HANDED_OVER
    before, _, after = wording.text(key, person=_PERSON, brand=brand.name).partition(_PERSON)
    said = (Span(text=before), Span(text=person or "", mention=mention), Span(text=after))
    return disclose(tuple(span for span in said if span.text), brand=brand, member=member, wording=wording)


def disclose(said: tuple[Span, ...], *, brand: Brand, member: MemberState, wording: Wording) -> tuple[Span, ...]:
    """Put "I'm …, the automated assistant of …" before `said` where `privacy.introduce_as_bot` asks for it."""
    if not said or (member.introduced and brand.privacy.introduce_as_bot == "first_message"):
        return said
    sentence = wording.text(TextKey.DISCLOSURE, bot=brand.bot_name, brand=brand.name)
    return (Span(text=f"{sentence}\n\n", style="italic"), *said)


#: The commands the fixed sentences speak of.
_COMMANDS = ("help", "person", "ask", "optin", "optout", "mydata")


def _names(brand: Brand, wording: Wording) -> dict[str, str]:
    """Return every value the fixed sentences may name."""
    commands = {command: name_in(wording.language, command) for command in _COMMANDS}
    argument = "pertanyaan" if wording.language == "id" else "question"
    return {"bot": brand.bot_name, "brand": brand.name, "argument": f"<{argument}>", **commands}


def _say_unsure(brand: Brand, wording: Wording) -> tuple[Span, ...]:
    return (Span(text=wording.text(TextKey.UNSURE, brand=brand.name) + _offer_person(brand, wording)),)


def _offer_person(brand: Brand, wording: Wording) -> str:
    """Return the way to a person, to be put after a sentence; "" where nobody is named under `handoff`."""
    if brand.answers.handoff is None:
        return ""
    return f" {wording.text(TextKey.PERSON_OFFER, person=name_in(wording.language, 'person'))}"


def _note_language(answer: Answer, wording: Wording) -> tuple[Span, ...]:
    """Say so when what is quoted is in another language than the reply."""
    cited = {(citation.source, citation.item) for citation in answer.citations[:1]}
    quoted = next((c.item.language for c in answer.candidates if (c.item.source, c.item.item) in cited), None)
    if answer.worded or quoted is None or _base(quoted) == wording.language:
        return ()
    return (Span(text=f"{wording.text(TextKey.OTHER_LANGUAGE, language=language_name(quoted, wording))}\n"),)


def _name_sources(citations: tuple[Citation, ...], wording: Wording) -> tuple[Span, ...]:
    once = {(citation.url or citation.title): citation for citation in reversed(citations)}
    cited = tuple(reversed(once.values()))[:_MOST_SOURCES]
    if not cited:
        return ()
    if len(cited) == 1:
        return (Span(text=f"\n\n{wording.text(TextKey.SOURCE)} "), Span(text=cited[0].title, url=cited[0].url))
    spans = [Span(text=f"\n\n{wording.text(TextKey.SOURCES)}")]
    for citation in cited:
        spans += [Span(text="\n• "), Span(text=citation.title, url=citation.url)]
    return tuple(spans)


def language_name(language: str, wording: Wording) -> str:
    """Return what `language` (BCP 47) is called in the wording's own language; the tag itself when nobody knows it."""
    try:
        return Locale.parse(_base(language)).get_language_name(wording.language) or language
    except (ValueError, UnknownLocaleError):
        return language


def _base(language: str) -> str:
    return language.split("-", 1)[0].casefold()
