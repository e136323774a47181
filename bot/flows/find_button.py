"""Which of the bot's own messages somebody means, and which of its buttons: one pressed, or the reaction for it."""

from __future__ import annotations

from bot.conversation.choices import button_for
from bot.messages import ButtonPressed, MessageRef, ReactionGiven
from bot.ports.records import Queued
from bot.ports.store import UnitOfWork


async def find_own(message: MessageRef, *, work: UnitOfWork) -> Queued | None:
    """Return a message as the bot sent it; None for one it did not send."""
    sent = await work.outbox.find_sent(message.channel, message.id)
    return None if sent is None else await work.outbox.get(sent.outbox_id)


async def find_button(event: ButtonPressed | ReactionGiven, *, work: UnitOfWork) -> str | None:
    """Return the id of the button that is meant; None for a reaction that stands for none."""
    if isinstance(event, ButtonPressed):
        return event.button
    own = await find_own(event.message, work=work)
    meant = None if own is None else button_for(event.emoji, own.body.buttons)
    return None if meant is None else meant.id
