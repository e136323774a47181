"""What the bot says where it was added unasked: once in a while that it is not set up there. Nothing is logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.brand import Brand
from bot.conversation.commands import find_command
from bot.conversation.hear import MemberState, reply_language
from bot.conversation.wording import TextKey, Wording
from bot.flows.reply_rows import Addressee, reply_rows
from bot.knowledge.language import detect_language
from bot.messages import CommandGiven, Event, IncomingMessage, Span
from bot.ports.platform import PlatformLimits
from bot.ports.store import UnitOfWork

#: How long a place is not told again.
AGAIN_AFTER = timedelta(days=30)
#: Nobody is looked up in a place of which nothing is kept.
_NOBODY = MemberState(introduced=True, consent="unknown", language=None, questions_last_hour=0, flood_notified=False)


def speaks_to_bot(event: Event) -> bool:
    """Whether somebody who is no bot names this bot, answers it, or gives it a command that it knows."""
    if isinstance(event, CommandGiven):
        return not event.author.is_bot and find_command(event.name) is not None
    return (
        isinstance(event, IncomingMessage) and not event.author.is_bot and (event.mentions_bot or event.replies_to_bot)
    )


async def meet_place(
    event: IncomingMessage | CommandGiven, *, brand: Brand, limits: PlatformLimits, work: UnitOfWork, now: datetime
) -> bool:
    """Say in a place of no community, to who spoke to the bot there, that it is not set up; False when it was said."""
    where = replace(event.channel, thread=None)
    if not await work.places.meet(where, now, again_after=AGAIN_AFTER):
        return False
    text = event.text if isinstance(event, IncomingMessage) else event.arguments
    spoken = detect_language(text, brand.languages, hint=event.author.language)
    wording = Wording(reply_language(spoken, community=None, member=_NOBODY, brand=brand))
    said = wording.text(TextKey.NOT_SET_UP, bot=brand.bot_name, brand=brand.name)
    await work.outbox.add(reply_rows(Addressee.of(event, None), (Span(text=said),), limits=limits, now=now))
    return True
