"""Every sentence on the pages, in the reader's language. The English sentence is the id of the gettext catalogue.

Templates say `_("…")` and Python says `say("…")`; a test holds both against the Indonesian catalogue. After a change of
`bot/locale/id/LC_MESSAGES/web.po` run

    pybabel compile -d bot/locale -D web
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import TypeAlias

from starlette.requests import Request

LANGUAGES: dict[str, str] = {"en": "English", "id": "Bahasa Indonesia"}
#: Remembers the language a reader chose.
LANGUAGE_COOKIE = "konektor_language"

#: Says an English sentence in the reader's language.
Say: TypeAlias = Callable[[str], str]

#: Words the store and the flows use for states and kinds, shown as they are looked up in the catalogue.
STATE_WORDS: tuple[str, ...] = (
    *("waiting", "working", "answered", "unsure", "handed_over", "expired"),
    *("draft", "awaiting_approval", "held", "queued", "skipped"),
    *("approved", "rejected", "replaced", "expired"),
    *("pending", "sending", "retry", "sent", "failed", "unknown", "dropped"),
    *("share", "hold", "nothing", "ran", "missed", "reply", "post"),
    *("starting", "running", "away", "refused", "left"),
    *("error", "warning", "enabled", "resting", "paused"),
    *("empty", "filled", "not kept"),
)

#: States whose English word is not what people would say.
SPOKEN_STATES: dict[str, str] = {
    "awaiting_approval": "with the editors",
    "handed_over": "handed over",
    "nothing": "open",
    "hold": "later",
    "ran": "done",
}


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the sentences of a language; English is its own catalogue."""
    if language == "en" or language not in LANGUAGES:
        return NullTranslations()
    with (files("bot") / "locale" / language / "LC_MESSAGES" / "web.mo").open("rb") as file:
        return GNUTranslations(file)


def say_state(state: str, say: Say) -> str:
    """Return a state as people would say it."""
    said = say(state)
    return SPOKEN_STATES.get(state, said) if said == state else said


def language_of(request: Request, spoken: Sequence[str]) -> str:
    """Return the language chosen before, else the browser's first that there is, else the brand's own."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        language = part.split(";")[0].strip().split("-")[0].casefold()
        if language in LANGUAGES:
            return language
    return next((language for language in spoken if language in LANGUAGES), "en")
