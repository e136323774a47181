"""What members can choose below an answer: which buttons there are, and what the one that was pressed says. Pure.

A button's id says all of it, so that a press means the same after a restart. What a choice does is a flow's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, cast

from bot.brand import Brand
from bot.conversation.wording import TextKey, Wording
from bot.messages import Button
from bot.ports.records import Outcome, Rating, Ratings

Act: TypeAlias = Rating | Literal["person"]

_LABELS: Mapping[Act, tuple[TextKey, str]] = MappingProxyType(
    {
        "helpful": (TextKey.HELPFUL, "👍"),
        "unhelpful": (TextKey.UNHELPFUL, "👎"),
        "person": (TextKey.ASK_A_PERSON, "🙋"),
    }
)
#: What some keyboards add to an emoji: how it is drawn, and the colour of skin.
_DECORATION = dict.fromkeys(map(ord, "\ufe0f\ufe0e🏻🏼🏽🏾🏿"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What a pressed button says about an answer."""

    act: Act
    #: The id of the question that was answered.
    question_id: str


def offer_choices(question_id: str, *, answered: bool, brand: Brand, wording: Wording) -> tuple[Button, ...]:
    """Return the buttons below the reply to a question; `answered` is whether there is an answer to be rated."""
    if not brand.answers.feedback:
        return ()
    acts: list[Act] = ["helpful", "unhelpful"] if answered else []
    if brand.answers.handoff is not None:
        acts.append("person")
    return tuple(_button(act, question_id, wording) for act in acts)


def read_choice(button_id: str) -> Choice | None:
    """Return what a button's id says; None when it is no choice about an answer."""
    act, _, question_id = button_id.partition(":")
    if act not in _LABELS or not question_id:
        return None
    return Choice(act=cast("Act", act), question_id=question_id)


def is_gap(outcome: Outcome, ratings: Ratings) -> bool:
    """Whether the brand's material did not answer a question, or not helpfully by most of those who said so."""
    return outcome.state in ("unsure", "handed_over") or (
        ratings.unhelpful > 0 and ratings.unhelpful >= ratings.helpful
    )


def is_sign(emoji: str) -> bool:
    """Whether a reaction may stand for a button."""
    return plain_sign(emoji) in _SIGNS


def button_for(emoji: str, buttons: tuple[Button, ...]) -> Button | None:
    """Return which of a message's buttons a reaction stands for; None for none of them."""
    return next((button for button in buttons if plain_sign(button.sign) == plain_sign(emoji)), None)


def plain_sign(emoji: str) -> str:
    """Return an emoji without what changes only its looks."""
    return emoji.translate(_DECORATION)


_SIGNS = frozenset(plain_sign(sign) for _, sign in _LABELS.values())


def _button(act: Act, question_id: str, wording: Wording) -> Button:
    key, sign = _LABELS[act]
    return Button(id=f"{act}:{question_id}", label=wording.text(key), sign=sign)
