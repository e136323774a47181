"""What to do after a send did not end well. Pure: errors and a moment in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.errors import ChannelLost, LoginRefused, PlatformFault, PostRejected, RateLimited, SendUncertain
from bot.ports.platform import PlatformTraits
from bot.ports.records import Queued

#: The first wait, doubled each time up to the longest.
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class TryAgain:
    """Send it once more, with the same id."""

    not_before: datetime
    reason: str
    #: Whether everything of this account must wait, not this lane alone.
    whole_account: bool = False
    #: Since when it may have been sent; None when it certainly was not.
    uncertain_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveUp:
    """Certainly not sent, and never will be as it is."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveUnknown:
    """Perhaps sent: a person decides."""

    reason: str


NextStep: TypeAlias = TryAgain | GiveUp | LeaveUnknown


def after_failure(
    fault: PlatformFault, message: Queued, traits: PlatformTraits, now: datetime, *, can_look_back: bool = False
) -> NextStep:
    """Decide what becomes of a message whose send raised `fault`; `can_look_back` as for `after_uncertainty`."""
    reason = str(fault)
    if isinstance(fault, RateLimited):
        return TryAgain(
            not_before=now + fault.retry_after,
            reason=reason,
            whole_account=fault.scope == "account",
            uncertain_since=message.uncertain_since,
        )
    if isinstance(fault, LoginRefused):
        # nothing goes out until a person acts; knocking on would get the address banned
        return TryAgain(
            not_before=now + LONGEST_WAIT, reason=reason, whole_account=True, uncertain_since=message.uncertain_since
        )
    if isinstance(fault, SendUncertain):
        return after_uncertainty(message, traits, now, reason=reason, can_look_back=can_look_back)
    if isinstance(fault, ChannelLost | PostRejected):
        return GiveUp(reason=reason)
    # that this attempt was certainly not sent says nothing of an earlier one
    return TryAgain(
        not_before=now + wait_before(message.attempt), reason=reason, uncertain_since=message.uncertain_since
    )


def after_uncertainty(
    message: Queued, traits: PlatformTraits, now: datetime, *, reason: str, can_look_back: bool = False
) -> NextStep:
    """Decide what becomes of a message that was perhaps sent: an answer lost, or a worker killed during the send.

    Where the platform recognises a repeated id, it is sent again while that lasts; where its history can be read
    (`can_look_back`), it is sent again after a look; otherwise nobody guesses. A reply through a ticket is at most
    once: the person can simply ask again. An edit or a deletion may be repeated anywhere.
    """
    if message.kind in ("edit", "delete"):
        return TryAgain(not_before=now + wait_before(message.attempt), reason=reason)
    if message.body.ticket is not None:
        return GiveUp(reason=f"{reason}; an answer to a menu command is sent once at most")
    since = message.uncertain_since or message.begun_at or now
    if traits.after_uncertainty == "idempotent" and now - since < traits.idempotent_for:
        return TryAgain(not_before=now, reason=reason, uncertain_since=since)
    if can_look_back:
        return TryAgain(not_before=now + wait_before(message.attempt), reason=reason, uncertain_since=since)
    return LeaveUnknown(reason=f"{reason}; look whether it arrived, then resend or drop it")


def needs_a_look(message: Queued, traits: PlatformTraits, now: datetime) -> bool:
    """Whether a message may stand there already and the platform would not recognise its id any more."""
    if message.kind in ("edit", "delete") or message.body.ticket is not None or message.uncertain_since is None:
        return False
    return traits.after_uncertainty != "idempotent" or now - message.uncertain_since >= traits.idempotent_for


def wait_before(attempt: int) -> timedelta:
    """Return how long to wait after the `attempt`th failure: doubling, capped."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(max(attempt, 1) - 1, 16)))
