"""What the commands show: help, about, privacy, languages, the leaderboard and one's own standing, as spans.

Layout only: who is on the leaderboard, under which name, and what was changed by a command is decided before. Only the
pages named in `DISCLOSING` say what the bot is; the others go through `reply.disclose` before they leave.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.brand import Brand
from bot.conversation.commands import COMMANDS, is_offered, name_in
from bot.conversation.hear import MemberState
from bot.conversation.reply import language_name
from bot.conversation.wording import TextKey, Wording
from bot.messages import Span

#: The commands whose page says by itself that the bot is an automated assistant.
DISCLOSING = frozenset({"help", "about"})


@dataclass(frozen=True, kw_only=True, slots=True)
class TopLine:
    """One line of the leaderboard."""

    #: The name others may see.
    name: str
    #: The score, shown without decimals.
    score: float
    #: The level's name; "" where there are no levels.
    level: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one member stands."""

    #: The score, shown without decimals.
    score: float
    #: The level's name; "" where there are no levels.
    level: str
    #: From 1.
    place: int
    #: How many are listed.
    count: int
    #: How many of their messages are counted.
    messages: int


def compose_top(lines: tuple[TopLine, ...], *, wording: Wording) -> tuple[Span, ...]:
    """Return the leaderboard, best first as given."""
    if not lines:
        return (Span(text=wording.text(TextKey.TOP_EMPTY)),)
    spans = [Span(text=wording.text(TextKey.TOP_TITLE), style="bold")]
    for place, line in enumerate(lines, start=1):
        key = TextKey.TOP_LINE_LEVEL if line.level else TextKey.TOP_LINE
        text = wording.text(key, place=place, name=line.name, score=round(line.score), level=line.level)
        spans.append(Span(text=f"\n{text}"))
    return tuple(spans)


def compose_me(standing: Standing | None, *, member: MemberState, wording: Wording) -> tuple[Span, ...]:
    """Return what a member is told about themselves; `standing` is None when nothing is counted for them."""
    if member.consent == "out":
        return (Span(text=wording.text(TextKey.ME_OPTED_OUT, optin=name_in(wording.language, "optin"))),)
    if standing is None:
        return (Span(text=wording.text(TextKey.ME_NOTHING)),)
    said = [wording.text(TextKey.ME, score=round(standing.score), place=standing.place, count=standing.count)]
    if standing.level:
        said.append(wording.text(TextKey.ME_LEVEL, level=standing.level))
    said.append(wording.text(TextKey.ME_MESSAGES, messages=standing.messages))
    return (Span(text="\n".join(said)),)


def compose_help(*, brand: Brand, direct: bool, wording: Wording) -> tuple[Span, ...]:
    """Return what the bot is and every command that leads somewhere; `direct` is whether this is a direct message."""
    how = TextKey.HELP_ASK_DIRECTLY if direct else TextKey.HELP_ASK
    spans = [
        Span(text=f"{wording.text(TextKey.DISCLOSURE, bot=brand.bot_name, brand=brand.name)}\n\n"),
        Span(text=wording.text(TextKey.HELP_TITLE), style="bold"),
        Span(text=f"\n{wording.text(how)}"),
    ]
    for spec in COMMANDS:
        if spec.for_admins or not is_offered(spec.name, brand):
            continue
        name = spec.names.get(wording.language, spec.name)
        spans.append(Span(text=f"\n/{name}: {spec.descriptions[wording.language]}"))
    return tuple(spans)


def compose_about(*, brand: Brand, wording: Wording) -> tuple[Span, ...]:
    """Return who the bot is and whose, with the brand's policy where there is one."""
    text = wording.text(TextKey.ABOUT, bot=brand.bot_name, brand=brand.name)
    return (Span(text=text), *_link_policy(brand, wording))


def compose_privacy(*, brand: Brand, pseudonym: str, wording: Wording) -> tuple[Span, ...]:
    """Return what is kept about a member, as this brand's `privacy` has it; `pseudonym` is what others see of them."""
    privacy = brand.privacy
    commands = {command: name_in(wording.language, command) for command in ("optin", "optout")}
    kept = {
        "none": TextKey.PRIVACY_NO_TEXT,
        "hash": TextKey.PRIVACY_HASHED_TEXT,
        "full": TextKey.PRIVACY_FULL_TEXT,
    }[privacy.store_text]
    said = [
        wording.text(TextKey.PRIVACY_EVENTS, days=privacy.keep_events.days),
        wording.text(kept),
        wording.text(TextKey.PRIVACY_QUESTIONS, days=privacy.keep_questions.days),
    ]
    if privacy.consent == "none":
        said.append(wording.text(TextKey.PRIVACY_OPT_IN_NEEDED, **commands))
    shown = TextKey.PRIVACY_PSEUDONYM if privacy.names == "opt_in" else TextKey.PRIVACY_NAMES
    said.append(wording.text(shown, pseudonym=pseudonym, **commands))
    said.append(wording.text(TextKey.PRIVACY_CHOICE, **commands))
    lines = "".join(f"\n• {sentence}" for sentence in said)
    return (
        Span(text=wording.text(TextKey.PRIVACY_TITLE), style="bold"),
        Span(text=lines),
        *_link_policy(brand, wording),
    )


def compose_forgotten(*, wording: Wording) -> tuple[Span, ...]:
    """Return the confirmation of /forgetme."""
    return (Span(text=wording.text(TextKey.FORGOTTEN, optin=name_in(wording.language, "optin"))),)


def compose_consent(consent: str, *, wording: Wording) -> tuple[Span, ...]:
    """Return the confirmation of /optin ("in") or /optout ("out")."""
    key = TextKey.OPTED_IN if consent == "in" else TextKey.OPTED_OUT
    commands = {command: name_in(wording.language, command) for command in ("optin", "optout")}
    return (Span(text=wording.text(key, **commands)),)


def find_language(wish: str, *, brand: Brand) -> str | None:
    """Return the brand's language a member means by `wish`, a tag or a name in any of them; None when it is none."""
    sought = wish.strip().casefold()
    if not sought:
        return None
    for language in brand.languages:
        names = {language_name(language, Wording(speaker)).casefold() for speaker in (*brand.languages, "en", language)}
        if sought.removeprefix("bahasa ") in names | {language.casefold(), language.split("-", 1)[0].casefold()}:
            return language
    return None


def compose_language(chosen: str | None, *, brand: Brand, wording: Wording) -> tuple[Span, ...]:
    """Confirm the `chosen` language in that language itself, or name those there are when it is None."""
    if chosen is not None:
        spoken = Wording(chosen)
        return (Span(text=spoken.text(TextKey.LANGUAGE_SET, language=language_name(chosen, spoken))),)
    named = ", ".join(language_name(language, wording) for language in brand.languages)
    command = name_in(wording.language, "language")
    text = wording.text(TextKey.LANGUAGE_CHOICE, languages=named, language=command, example=brand.languages[0])
    return (Span(text=text),)


def _link_policy(brand: Brand, wording: Wording) -> tuple[Span, ...]:
    if brand.privacy_policy is None:
        return ()
    label = wording.text(TextKey.PRIVACY_POLICY, brand=brand.name)
    return (Span(text=f"\n\n{label} "), Span(text=brand.privacy_policy, url=brand.privacy_policy))
