"""What a community's admins ask for: /pause and /quiet hold the bot back in it, and /resume ends both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import structlog

from bot.brand import Brand
from bot.conversation.commands import name_in
from bot.conversation.pausing import QUIET_FOR, compose_paused, compose_resumed, read_duration
from bot.conversation.wording import TextKey, Wording
from bot.errors import PlatformFault
from bot.messages import Span
from bot.ports.platform import KnowingAdmins
from bot.ports.records import Pause, Question
from bot.ports.store import UnitOfWork

log = structlog.get_logger()


async def find_refusal(question: Question, *, brand: Brand, knowing: Mapping[str, KnowingAdmins]) -> TextKey | None:
    """Return why whoever gave an admins' command may not; None when they may. Asks the platform, so no transaction.

    Where a platform does not know its admins only the brand's own people may.
    """
    if any(question.person in accounts for accounts in brand.people.values()):
        return None
    platform = knowing.get(question.channel.platform)
    if platform is None:
        return TextKey.ADMINS_ONLY
    try:
        may = await platform.is_admin(question.channel, question.person)
    except PlatformFault as fault:
        log.warning("admins not known", platform=question.channel.platform, reason=str(fault))
        return TextKey.ADMINS_UNKNOWN
    return None if may else TextKey.ADMINS_ONLY


async def heed_admin(question: Question, community: str, *, work: UnitOfWork, now: datetime) -> tuple[Span, ...]:
    """Do what an admin's command asks for in `community`; return what to say.

    What the brand's people have paused by themselves stays paused: /resume ends only what was asked for here.
    """
    wording = Wording(question.language)
    command = question.command
    if command == "resume":
        ended = [await work.pauses.remove(scope, community) for scope in ("admins", "quiet")]
        return compose_resumed(ended=any(ended), wording=wording)
    span = read_duration(question.text)
    if question.text and span is None:
        typed = name_in(wording.language, command)
        return (Span(text=wording.text(TextKey.DURATION_UNCLEAR, command=typed)),)
    if command == "quiet":
        span = span or QUIET_FOR
    scope: Literal["quiet", "admins"] = "quiet" if command == "quiet" else "admins"
    # the last word counts, longer or shorter
    await work.pauses.remove(scope, community)
    until = None if span is None else now + span
    reason = f"one of its admins said /{command}"
    await work.pauses.add(Pause(scope=scope, key=community, since=now, reason=reason, until=until))
    return compose_paused(command, span, wording=wording)
