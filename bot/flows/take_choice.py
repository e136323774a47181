"""What a choice below an answer does, within the transaction that hears it: a vote is kept, or a person is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.brand import Brand
from bot.conversation.choices import Choice
from bot.conversation.wording import TextKey
from bot.ids import new_id
from bot.messages import ChannelRef, PersonRef
from bot.ports.records import Question, Rating
from bot.ports.store import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What came of a choice."""

    #: What the one who chose is told.
    told: TextKey
    #: The language it is about; None where nothing is known of it.
    language: str | None = None
    #: How the answer was rated, if it was.
    rated: Rating | None = None
    #: The call for a person, to be put with the questions, if one was asked for.
    call: Question | None = None


async def take_choice(
    choice: Choice,
    who: PersonRef,
    channel: ChannelRef,
    *,
    keeps_vote: bool,
    brand: Brand,
    work: UnitOfWork,
    now: datetime,
) -> Taken:
    """Do what `who` chose in `channel`; `keeps_vote` is whether anything of theirs may be kept.

    A member has one vote per answer, and the last one holds. A person is called once per answer, whoever asks for it,
    in the words and the place of the question.
    """
    question = await work.questions.get(choice.question_id)
    if question is None or not _is_there(question.channel, channel):
        return Taken(told=TextKey.CHOICE_IS_OLD)
    if choice.act != "person":
        if keeps_vote:
            await work.questions.rate(question.id, who, choice.act, now)
        told = TextKey.RATED_HELPFUL if choice.act == "helpful" else TextKey.RATED_UNHELPFUL
        return Taken(told=told, language=question.language, rated=choice.act)
    if brand.answers.handoff is None:
        return Taken(told=TextKey.CHOICE_IS_OLD, language=question.language)
    if not await work.questions.call_person(question.id, now):
        return Taken(told=TextKey.PERSON_IS_CALLED, language=question.language)
    call = Question(
        id=new_id(now),
        community=question.community,
        channel=question.channel,
        person=who,
        message_id=question.message_id,
        ticket=None,
        command="person",
        text=question.text,
        language=question.language,
        only_if_known=False,
        state="waiting",
        due_at=now,
        asked_at=now,
    )
    return Taken(told=TextKey.PERSON_CALLED, language=question.language, call=call)


def _is_there(asked: ChannelRef, pressed: ChannelRef) -> bool:
    """Whether a press comes from where the question was asked: a button's id can be sent by anybody from anywhere."""
    return (asked.platform, asked.space, asked.channel) == (pressed.platform, pressed.space, pressed.channel)
