"""What to do after a send did not end well. Pure: errors and a moment in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from bot.errors import ChannelLost, LoginRefused, PlatformFault, PostRejected, RateLimited, SendUncertain
from bot.ports.platform import PlatformTraits
from bot.ports.records import Queued

#: The first wait, doubled each time up to the longest.
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)

_AN_EARLIER_ONE = "an earlier attempt may have arrived"
_LOOK = "look whether it arrived, then resend or drop it"


@dataclass(frozen=True, kw_only=True, slots=True)
class TryAgain:
    """Send it once more, with the same id."""

    not_before: datetime
    reason: str
    #: What must wait as well as this lane: all that goes to its channel, or all of this account.
    holds: Literal["nothing", "channel", "account"] = "nothing"
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
    if isinstance(fault, SendUncertain):
        return after_uncertainty(message, traits, now, reason=str(fault), can_look_back=can_look_back)
    step = _after_refusal(fault, message, now)
    if message.uncertain_since is None:
        return step
    # this attempt was not sent, but an earlier one may have been
    if isinstance(step, GiveUp):
        return LeaveUnknown(reason=f"{step.reason}; {_AN_EARLIER_ONE}; {_LOOK}")
    return replace(step, uncertain_since=message.uncertain_since)


def _after_refusal(fault: PlatformFault, message: Queued, now: datetime) -> TryAgain | GiveUp:
    """Decide about a send that was certainly not taken."""
    reason = str(fault)
    if isinstance(fault, RateLimited):
        return TryAgain(not_before=now + fault.retry_after, reason=reason, holds=fault.scope)
    if isinstance(fault, LoginRefused):
        # nothing goes out until a person acts; knocking on would get the address banned
        return TryAgain(not_before=now + LONGEST_WAIT, reason=reason, holds="account")
    if isinstance(fault, ChannelLost) and fault.moved_to is not None and message.kind in ("reply", "post"):
        # what stands at the old address can't be changed any more, but anything can be said at the new one
        return TryAgain(not_before=now + wait_before(message.attempt), reason=reason)
    if isinstance(fault, ChannelLost | PostRejected):
        return GiveUp(reason=reason)
    return TryAgain(not_before=now + wait_before(message.attempt), reason=reason)


def before_sending(
    message: Queued, traits: PlatformTraits, now: datetime, *, longest: timedelta, can_look_back: bool = False
) -> TryAgain | LeaveUnknown | None:
    """Decide whether what was claimed may still be sent, `longest` being how long a send can take; None when it may.

    A worker that was held up, by a suspended machine for one, may find that others believe it dead by now.
    """
    if message.lease_until is not None and now + longest > message.lease_until:
        reason = "held up until its lease could not outlast the send"
        return TryAgain(not_before=now, reason=reason, uncertain_since=message.uncertain_since)
    if needs_a_look(message, traits, now) and not can_look_back:
        return LeaveUnknown(reason=f"{_AN_EARLIER_ONE}, too long ago for the platform to know it again; {_LOOK}")
    return None


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
    if _is_known_again(since, traits, now):
        return TryAgain(not_before=now, reason=reason, uncertain_since=since)
    if can_look_back:
        return TryAgain(not_before=now + wait_before(message.attempt), reason=reason, uncertain_since=since)
    return LeaveUnknown(reason=f"{reason}; {_LOOK}")


def _is_known_again(since: datetime, traits: PlatformTraits, now: datetime) -> bool:
    """Return whether the platform recognises an id that it may have been given at `since`."""
    return traits.after_uncertainty == "idempotent" and now - since < traits.idempotent_for


def needs_a_look(message: Queued, traits: PlatformTraits, now: datetime) -> bool:
    """Whether a message may stand there already and the platform would not recognise its id any more."""
    if message.kind in ("edit", "delete") or message.body.ticket is not None or message.uncertain_since is None:
        return False
    return not _is_known_again(message.uncertain_since, traits, now)


def wait_before(attempt: int) -> timedelta:
    """Return how long to wait after the `attempt`th failure: doubling, capped."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(max(attempt, 1) - 1, 16)))
