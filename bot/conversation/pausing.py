"""What admins of a community say to hold the bot back: for how long, and how that is confirmed. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from babel.units import format_unit

from bot.conversation.commands import name_in
from bot.conversation.wording import TextKey, Wording
from bot.messages import Span

#: The commands that only an admin of a community, or one of the brand's people, may give.
FOR_ADMINS = frozenset({"pause", "quiet", "resume"})
#: How long /quiet lasts when nothing is said.
QUIET_FOR = timedelta(hours=1)
#: Nobody remembers a longer one.
LONGEST = timedelta(days=30)
#: As people type it in English and Indonesian; "jam" is an hour, "hari" a day.
_UNITS = {
    timedelta(minutes=1): ("m", "min", "mins", "minute", "minutes", "menit", "mnt"),
    timedelta(hours=1): ("h", "hour", "hours", "hr", "hrs", "j", "jam"),
    timedelta(days=1): ("d", "day", "days", "hari"),
}
_BY_WORD = {word: unit for unit, words in _UNITS.items() for word in words}
_CLDR = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def read_duration(text: str) -> timedelta | None:
    """Return the span of time in `text` ("2h", "30 menit"), of 1 minute to `LONGEST`; None when it is none."""
    found = re.fullmatch(r"([0-9]{1,6})\s*([a-z]+)", text.strip().casefold())
    unit = None if found is None else _BY_WORD.get(found[2])
    if found is None or unit is None:
        return None
    span = int(found[1]) * unit
    return span if timedelta(0) < span <= LONGEST else None


def compose_paused(command: str, span: timedelta | None, *, wording: Wording) -> tuple[Span, ...]:
    """Return the confirmation of /pause or /quiet; `span` is None for until somebody says /resume."""
    resume = name_in(wording.language, "resume")
    if span is None:
        return (Span(text=wording.text(TextKey.PAUSED, resume=resume)),)
    key = TextKey.QUIET_UNTIL if command == "quiet" else TextKey.PAUSED_UNTIL
    unit, name = next((unit, name) for unit, name in _CLDR if span % unit == timedelta(0))
    lasts = format_unit(span // unit, f"duration-{name}", locale=wording.language)
    return (Span(text=wording.text(key, span=lasts, resume=resume)),)


def compose_resumed(*, ended: bool, wording: Wording) -> tuple[Span, ...]:
    """Return the answer to /resume; `ended` is whether there was something to end."""
    if ended:
        return (Span(text=wording.text(TextKey.RESUMED)),)
    names = {command: name_in(wording.language, command) for command in ("pause", "quiet")}
    return (Span(text=wording.text(TextKey.NOT_PAUSED, **names)),)
