"""Whether to answer a question that was put to nobody in particular. Pure: the talk around it comes in as data.

A bot that breaks into other people's talk is not welcome. So it joins in only where something reads as the start of a
conversation, where nobody has answered after a while, where none of the brand's own people is present, and once only
with each member. What it says is looked up elsewhere, and it says nothing unless it knows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log1p

from bot.conversation.phrases import asks_something, count_words
from bot.messages import PersonRef
from bot.ports.records import Joined, LoggedEvent

#: How far back the talk before a message is looked at.
LOOK_BACK = timedelta(hours=2)
#: People who spoke to each other within this are still in the middle of it.
_EXCHANGE = timedelta(minutes=5)
#: A text of so many words tells what it is about.
_WORDY = 8
#: Least chance at which something overheard is taken for the start of a conversation that deserves an answer.
LEAST_CHANCE = 0.33
#: Logistic weights, fitted on ten logs of a busy help channel with annotated replies (`benchmarks join_in` refits them
#: with each log left out): nothing about them is special to its topic.
_WEIGHTS = (-6.4, 2.3, 0.6, 0.6, 0.5, 1.2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overheard:
    """A message that was put to nobody, with the talk before it."""

    #: Whether it names somebody or answers somebody.
    to_somebody: bool
    #: What was written.
    text: str
    #: For how long its author had been quiet in the channel; `LOOK_BACK` when they wrote nothing within that.
    quiet_for: timedelta
    #: Whether its author and somebody else had just been speaking to each other.
    in_exchange: bool


def traits_of(overheard: Overheard) -> tuple[float, ...]:
    """Return what tells the start of a conversation, in the order of the weights, the constant first.

    Alone with it (addressed to nobody, in no exchange), a question mark, words that ask, the logarithm of the minutes
    of silence before, and enough words to say what it is about.
    """
    alone = not overheard.to_somebody and not overheard.in_exchange
    minutes = min(overheard.quiet_for, LOOK_BACK) / timedelta(minutes=1)
    words = count_words(overheard.text)
    asks = asks_something(overheard.text.replace("?", " "))
    return (1.0, float(alone), float("?" in overheard.text), float(asks), log1p(minutes), float(words >= _WORDY))


def chance_of_opening(overheard: Overheard) -> float:
    """Return how likely it is, 0 to 1, that this starts a conversation somebody should answer."""
    return 1.0 / (1.0 + exp(-sum(w * t for w, t in zip(_WEIGHTS, traits_of(overheard), strict=True))))


def listen_back(text: str, *, author: PersonRef, at: datetime, talk: Sequence[LoggedEvent]) -> Overheard:
    """Put together what is known about a message from `talk`, the messages of its channel in any order."""
    before = [said for said in talk if said.at < at]
    own = [said.at for said in before if said.author == author]
    lately = [said for said in before if at - said.at <= _EXCHANGE]
    spoke = any(said.author == author and said.toward for said in lately)
    spoken_to = any(said.author != author and _is_toward(author, said) for said in lately)
    return Overheard(
        to_somebody=False,
        text=text,
        quiet_for=at - max(own, default=at - LOOK_BACK),
        in_exchange=spoke or spoken_to,
    )


def why_not_join(
    overheard: Overheard,
    *,
    message_id: str,
    author: PersonRef,
    at: datetime,
    talk: Sequence[LoggedEvent],
    joined: Collection[Joined],
    brand_people: Collection[PersonRef],
    per_day: int,
    now: datetime,
) -> str | None:
    """Return why the bot stays out of it, for a person to read; None when it may look for an answer.

    `talk` is the messages of the channel around `at`, up to now; `joined` is when it answered unasked in the community.
    """
    chance = chance_of_opening(overheard)
    since = [said for said in talk if said.at >= at and said.message_id != message_id]
    others = [said for said in since if said.author != author]
    today = sum(now - one.at < timedelta(days=1) for one in joined)
    reasons = (
        (chance < LEAST_CHANCE, f"it does not read as the start of a conversation ({chance:.0%})"),
        (any(said.reply_to == message_id for said in others), "somebody answered it"),
        (any(_is_toward(author, said) for said in others), "somebody spoke to its author since"),
        (any(said.author in brand_people for said in since), "one of the brand's people is present"),
        (any(one.person == author for one in joined), "this member was answered unasked before, which is enough"),
        (today >= per_day, f"it joined in {today} times in 24 hours, and answers.join_in.per_day allows {per_day}"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _is_toward(person: PersonRef, said: LoggedEvent) -> bool:
    return any(toward.person == person for toward in said.toward)
