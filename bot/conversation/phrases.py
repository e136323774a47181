"""What a short message to the bot is, by its words: thanks, a greeting, a nod, a complaint, a wish for a person.

Careful on purpose: a message must be made of such words alone, or show a telling phrase and ask nothing, else it is
taken for a question. No pattern is searched backwards, so the time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from bot.conversation import vocabulary as v

Gist: TypeAlias = Literal["nothing", "thanks", "greeting", "nod", "complaint", "person", "question"]

_WORD = re.compile(r"\w+(?:'\w+)?")
#: A complaint is short; in a longer text somebody explains something, and it is read as a question.
_LONGEST_COMPLAINT = 9
#: How many words back from "a person" the "talk" may stand.
_REACH = 4


def gist_of(text: str) -> Gist:
    """Return what `text` is, taken by itself; "question" whenever in doubt."""
    words = _WORD.findall(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if not words:
        return "thanks" if "\N{PERSON WITH FOLDED HANDS}" in text else "nothing"
    asks = "?" in text
    if not asks and (small_talk := _small_talk(words)):
        return small_talk
    if _wants_person(words):
        return "person"
    return "complaint" if not asks and _complains(words) else "question"


def _small_talk(words: list[str]) -> Gist | None:
    """Return what it is when nothing but courtesy is in it."""
    telling = set(words) - v.FILLER
    if telling & (v.THANKS - {"you"}) and telling <= v.THANKS | v.NOD:
        return "thanks"
    if telling - {"good"} and telling <= v.GREETING:
        return "greeting"
    return "nod" if telling <= v.NOD else None


def _complains(words: list[str]) -> bool:
    """Whether it says that the bot was wrong, or calls it names, and asks nothing."""
    if len(words) > _LONGEST_COMPLAINT or set(words) & v.ASKING:
        return False
    told = any(_holds(words, phrase) for phrase in v.WRONG) or set(words) <= v.FILLER | v.WRONG_ALONE
    return told or bool(set(words) & v.INSULTS)


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
