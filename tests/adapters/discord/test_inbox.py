"""Between the connection and the core nothing is lost or reordered."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import pytest

from adapters.discord.inbox import Inbox
from bot.messages import ChannelRef, Event, MessageDeleted, MessageRef

_CHANNEL = ChannelRef(platform="discord", space="1", channel="2")


def _event(number: int) -> MessageDeleted:
    return MessageDeleted(
        event_id=f"d:{number}",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        channel=_CHANNEL,
        message=MessageRef(channel=_CHANNEL, id=str(number)),
    )


class _Core:
    """Takes batches, failing on those that `fails` says."""

    def __init__(self, *, wanted: int, failing: frozenset[int] = frozenset()) -> None:
        self.batches: list[tuple[Event, ...]] = []
        self.calls = 0
        self.done = asyncio.Event()
        self._wanted = wanted
        self._failing = failing

    async def receive(self, events: tuple[Event, ...]) -> None:
        self.calls += 1
        if self.calls in self._failing:
            raise OSError("the database is away")
        self.batches.append(events)
        if sum(map(len, self.batches)) >= self._wanted:
            self.done.set()


async def _feed_until_done(inbox: Inbox, core: _Core) -> None:
    feeding = asyncio.create_task(inbox.feed(core.receive))
    async with asyncio.timeout(20):
        await core.done.wait()
    feeding.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await feeding


async def test_events_come_in_batches_of_500_at_most() -> None:
    """1,201 waiting events go out as 500, 500 and 201, in their order."""
    inbox, core = Inbox(), _Core(wanted=1201)
    for number in range(1201):
        inbox.put(_event(number))
    await _feed_until_done(inbox, core)
    assert [len(batch) for batch in core.batches] == [500, 500, 201]
    assert [event.event_id for batch in core.batches for event in batch] == [f"d:{n}" for n in range(1201)]


async def test_a_refused_batch_is_offered_again() -> None:
    """A batch that the core could not commit comes again, the same one."""
    inbox, core = Inbox(), _Core(wanted=1, failing=frozenset({1}))
    inbox.put(_event(1))
    await _feed_until_done(inbox, core)
    assert core.batches == [(_event(1),)]
    assert core.calls == 2


async def test_a_cancelled_feed_keeps_what_was_not_committed() -> None:
    """What a stopped feed had not handed over is handed over by the next."""
    inbox, stuck = Inbox(), asyncio.Event()
    entered = asyncio.Event()

    async def receive(_: tuple[Event, ...]) -> None:
        entered.set()
        await stuck.wait()

    inbox.put(_event(1))
    feeding = asyncio.create_task(inbox.feed(receive))
    await entered.wait()
    feeding.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await feeding
    core = _Core(wanted=1)
    await _feed_until_done(inbox, core)
    assert core.batches == [(_event(1),)]


async def test_a_full_inbox_says_what_it_turned_away(caplog: pytest.LogCaptureFixture) -> None:
    """When memory is the limit, the oldest are kept and the loss is counted in the log."""
    inbox, core = Inbox(capacity=2), _Core(wanted=2)
    for number in range(5):
        inbox.put(_event(number))
    await _feed_until_done(inbox, core)
    inbox.put(_event(9))
    assert core.batches == [(_event(0), _event(1))]
    assert "3 events were lost" in caplog.text
