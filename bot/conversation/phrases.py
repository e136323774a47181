"""What a short message to the bot is, by its words: thanks, a greeting, a nod, a complaint, a wish for a person.

Careful on purpose: a message must be made of such words alone, or show a telling phrase and ask nothing, else it is
taken for a question. No pattern is searched backwards, so the time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from bot.conversation import vocabulary as v

Gist: TypeAlias = Literal[
    "nothing", "thanks", "greeting", "nod", "opening", "identity", "complaint", "person", "question"
]

_WORD = re.compile(r"\w+(?:'\w+)?")
#: Complaints and doubts are short; in a longer text somebody explains something, and it is read as a question.
_LONGEST_DOUBT = 9
#: How many words back from "a person" the "talk" may stand.
_REACH = 4


def gist_of(text: str) -> Gist:
    """Return what `text` is, taken by itself; "question" whenever in doubt."""
    words = _WORD.findall(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if not words:
        return "thanks" if "\N{PERSON WITH FOLDED HANDS}" in text else "nothing"
    asks = "?" in text
    tests: tuple[tuple[Gist, bool], ...] = (
        ("thanks", not asks and _thanks(words)),
        ("greeting", _greets(words, asks=asks)),
        ("identity", _asks_nature(words)),
        ("nod", not asks and _is_made_of(words, v.NOD)),
        ("opening", set(words) <= v.FILLER or _opens(words)),
        ("complaint", not asks and _complains(words)),
        ("person", _wants_person(words)),
    )
    return next((gist for gist, holds in tests if holds), "question")


def asks_something(text: str) -> bool:
    """Whether `text` shows by a question mark or by its words that it asks or requests something."""
    if "?" in text:
        return True
    words = set(_WORD.findall(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))
    return bool(words & (v.ASKING | v.REQUESTING))


def count_words(text: str) -> int:
    """Return how many words `text` has."""
    return len(_WORD.findall(text))


def thanks_somewhere(text: str) -> bool:
    """Whether a word of thanks stands anywhere in `text`."""
    words = set(_WORD.findall(text.casefold()))
    return bool(words & (v.THANKS - {"you", "i", "it", "kasih", "terima"}))


def find_remark(text: str) -> Literal["thanks", "stop"] | None:
    """Return whether an answer to one of the bot's messages thanks for it, or says that it has helped, or says stop.

    A message that asks something thanks for nothing yet; "stop" counts only in a message of few words.
    """
    words = _WORD.findall(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if "?" in text:
        return None
    alone = _is_made_of(words, v.STOP_ALONE | v.AROUND_STOP) and bool(set(words) & v.STOP_ALONE)
    stops = alone or any(_holds(words, phrase) for phrase in v.STOP)
    if stops and len(words) <= _LONGEST_DOUBT:
        return "stop"
    if gist_of(text) == "thanks" or thanks_somewhere(text):
        return "thanks"
    solved = len(words) <= _LONGEST_DOUBT and any(_holds(words, phrase) for phrase in v.SOLVED)
    return "thanks" if solved and not any(_holds(words, phrase) for phrase in v.NOT_SOLVED) else None


def _is_made_of(words: list[str], kind: frozenset[str]) -> bool:
    """Whether nothing but words of one kind, and filler, is in it."""
    telling = set(words) - v.FILLER
    return bool(telling) and telling <= kind


def _thanks(words: list[str]) -> bool:
    return _is_made_of(words, v.THANKS | v.NOD) and bool(set(words) & (v.THANKS - {"you", "i", "it"}))


def _greets(words: list[str], *, asks: bool) -> bool:
    if not asks and _is_made_of(words, v.GREETING):
        return True
    asked = next((phrase for phrase in v.HOW_ARE_YOU if _holds(words, phrase)), None)
    around = v.AROUND_HOW_ARE_YOU | v.GREETING | v.FILLER
    return asked is not None and set(words) - set(asked.split()) <= around


def _opens(words: list[str]) -> bool:
    """Whether somebody asks whether they may ask."""
    allowed = v.OPENING_ASK | v.OPENING | v.FILLER | v.GREETING
    return bool(set(words) & v.OPENING_ASK) and set(words) <= allowed


def _asks_nature(words: list[str]) -> bool:
    """Whether somebody asks if they talk to a machine, and not to be put through to a person."""
    if len(words) > _LONGEST_DOUBT or set(words) & (v.NOT_ABOUT_NATURE | v.ASKING - {"apa", "apakah"}):
        return False
    named = bool(set(words) & v.NATURES) or any(_holds(words, phrase) for phrase in v.REAL_PERSON)
    return named and any(_holds(words, phrase) for phrase in v.WHO_ARE_YOU)


def _complains(words: list[str]) -> bool:
    """Whether it says that the bot was wrong, or calls it names, and asks nothing."""
    if len(words) > _LONGEST_DOUBT or set(words) & v.ASKING:
        return False
    told = any(_holds(words, phrase) for phrase in v.WRONG)
    return told or _is_made_of(words, v.WRONG_ALONE) or bool(set(words) & v.INSULTS)


def _wants_person(words: list[str]) -> bool:
    """Whether somebody asks to be put through to a person; how that is done, or when they work, is a question."""
    if set(words) & (v.ASKING - v.ASKING_FOR):
        return False
    if any(_holds(words, phrase) for phrase in v.REAL_PERSON):
        return True
    for place, word in enumerate(words):
        before = set(words[max(0, place - _REACH) : place])
        fee = v.FEES & set(words[max(0, place - 1) : place + 2])
        if word in v.STAFF and not fee and before & (v.TALK | v.WISH):
            return True
        if word in v.SOMEBODY and before & v.TALK:
            return True
    return False


def _holds(words: list[str], phrase: str) -> bool:
    return f" {phrase} " in f" {' '.join(words)} "
