"""The ties of a whole log, read column by column without making an object of each row.

The same rules as `activity.keep_standing` and `graph.gather_ties`, for logs too long for these: what is kept of a row
is three numbers. A test holds the two to each other.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from itertools import compress, islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.engagement.activity import DISAPPROVING
from bot.engagement.graph import Ints, Ties, sort_distinct
from bot.messages import PersonRef
from bot.ports.records import DeletedMessage, TieFields, TowardKind

_EPOCH = date(1970, 1, 1).toordinal()
#: How many rows are looked at together: as many as a processor's cache holds.
_PORTION = 2_000
_DAY_LENGTH = len("2026-11-24")

#: Platform, channel and message id.
Message = tuple[str, str, str]

Flags = NDArray[np.bool_]

#: Platform, channel, message id, when, and the event's id.
Act = tuple[str, str, str | None, str, str]

K = TypeVar("K", bound=Hashable)


class _Numbers(dict[K, int]):
    """What is asked of it gets a number once; a dict that makes what it lacks is asked at the speed of a dict."""

    def __init__(self, make: Callable[[K], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> int:
        number = self[key] = self._make(key)
        return number

    def of(self, keys: Collection[K]) -> Ints:
        """Return the number of each of `keys`."""
        return np.fromiter(map(self.__getitem__, keys), dtype=np.int64, count=len(keys))


class _Columns:
    """Rows of numbers that grow by the portion."""

    def __init__(self, width: int) -> None:
        self._parts: list[Ints] = []
        self._width = width

    def add(self, *columns: Ints) -> None:
        self._parts.append(np.stack(columns))

    def whole(self) -> Ints:
        """Return all columns, each of one length."""
        return np.concatenate([np.empty((self._width, 0), dtype=np.int64), *self._parts], axis=1)


class TieGatherer:
    """Takes rows in any order and gives the ties when all are in."""

    def __init__(self, *, uncounted: Collection[PersonRef], deleted: Collection[DeletedMessage]) -> None:
        """`uncounted` are left out, and so is what was done in or to `deleted` messages."""
        self._uncounted = {(who.platform, who.id) for who in uncounted}
        self._deleted = frozenset(deleted)
        #: Numbers of people by platform and id, -1 for the uncounted.
        self._people: _Numbers[tuple[str, str]] = _Numbers(self._number_person)
        self._names: list[tuple[str, str]] = []
        self._days: _Numbers[str] = _Numbers(lambda day: date.fromisoformat(day).toordinal() - _EPOCH)
        self._aims: _Numbers[tuple[str, str]] = _Numbers(self._read_aim)
        #: Of each aim: the people in it and how; whom the flat list of targets holds from where; and the kinds in it.
        self._toward: list[tuple[tuple[int, TowardKind], ...]] = []
        self._targets, self._starts = array("q"), array("q", [0])
        self._told: dict[TowardKind, array[int]] = {kind: array("b") for kind in ("reply", "mention", "reaction")}
        #: Source, aim and day of what was aimed at all the people of its aim.
        self._aimed = _Columns(3)
        #: Source, target and day of what was looked at one by one.
        self._single = array("q")
        #: Who answered which message whose author the row does not name, and when.
        self._unnamed: list[tuple[int, Message, int]] = []
        self._reactions = _Reactions()

    def add(self, rows: Iterable[TieFields]) -> None:
        """Take some rows."""
        left = iter(rows)
        while portion := list(islice(left, _PORTION)):
            self._add_portion(portion)

    def _add_portion(self, rows: Sequence[TieFields]) -> None:
        platforms, channels, kinds, authors, moments, event_ids, messages, replies, toward, emoji = zip(
            *rows, strict=True
        )
        source = self._people.of(list(zip(platforms, authors, strict=True)))
        aim = self._aims.of(list(zip(platforms, toward, strict=True)))
        day = self._days.of([moment[:_DAY_LENGTH] for moment in moments])
        stands = source >= 0
        gone = np.zeros(len(rows), dtype=bool)
        if self._deleted:
            stands &= ~self._is_deleted(platforms, channels, messages)
            gone = self._is_deleted(platforms, channels, replies)
        is_message = np.fromiter((kind == "message" for kind in kinds), dtype=bool, count=len(rows))
        answers = np.fromiter((reply is not None for reply in replies), dtype=bool, count=len(rows))
        told = np.array(self._told["reply"], dtype=np.int8)[aim] > 0
        plain = stands & is_message & ~gone
        self._aimed.add(source[plain], aim[plain], day[plain])
        for at in np.flatnonzero(plain & answers & ~told).tolist():
            self._unnamed.append((int(source[at]), (platforms[at], channels[at], replies[at]), int(day[at])))
        for at in np.flatnonzero(stands & is_message & gone).tolist():
            self._tie_all_but(int(source[at]), int(aim[at]), int(day[at]), "reply")
        reacted = stands & ~is_message
        if reacted.any():
            self._reactions.add(
                list(compress(zip(platforms, channels, messages, moments, event_ids, strict=True), reacted)),
                (source[reacted], aim[reacted], day[reacted]),
                is_given=np.array([kind == "reaction" for kind in compress(kinds, reacted)], dtype=np.int64),
                emoji=list(compress(emoji, reacted)),
            )

    def unnamed(self) -> frozenset[Message]:
        """Return the messages whose authors are still to be looked up, all rows being in."""
        source, aim, day, messages = self._reactions.settle()
        self._aimed.add(source, aim, day)
        told = np.array(self._told["reaction"], dtype=np.int8)[aim] > 0
        for at in np.flatnonzero(~told).tolist():
            self._unnamed.append((int(source[at]), messages[at], int(day[at])))
        return frozenset(message for _, message, _ in self._unnamed)

    def ties(self, authors: Mapping[Message, str]) -> Ties:
        """Return the ties, `authors` being what is known of the unnamed messages."""
        for source, message, day in self._unnamed:
            if (author := authors.get(message)) is not None:
                self._single.extend((source, self._people[message[0], author], day))
        sources, targets, days = self._flatten()
        real = (targets >= 0) & (targets != sources)
        sources, targets, days = sources[real], targets[real], days[real]
        used = sort_distinct(np.concatenate([sources, targets]))
        people = sorted(self._names[number] for number in used.tolist())
        place = np.zeros(len(self._names) + 1, dtype=np.int64)
        place[self._people.of(people)] = np.arange(len(people))
        first, span = (int(days.min()), int(np.ptp(days)) + 1) if len(days) else (0, 1)
        # one number for each tie of a day, which sorts as the three would
        ties = sort_distinct((place[sources] * len(people) + place[targets]) * span + days - first)
        pairs = ties // span
        return Ties(
            people=tuple(PersonRef(platform=platform, id=person) for platform, person in people),
            source=pairs // max(len(people), 1),
            target=pairs % max(len(people), 1),
            day=ties % span + first,
        )

    def _flatten(self) -> Ints:
        """Return source, target and day of everything, once for each person aimed at."""
        source, aim, day = self._aimed.whole()
        starts = np.array(self._starts, dtype=np.int64)
        targets = np.array(self._targets, dtype=np.int64)
        count = starts[aim + 1] - starts[aim]
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - starts[aim], count)
        aimed = np.stack([np.repeat(source, count), targets[step], np.repeat(day, count)])
        return np.concatenate([aimed, np.array(self._single, dtype=np.int64).reshape(-1, 3).T], axis=1)

    def _tie_all_but(self, source: int, aim: int, day: int, kind: TowardKind) -> None:
        """Tie somebody to those of an aim who are in it by another kind."""
        for target, how in self._toward[aim]:
            if how != kind:
                self._single.extend((source, target, day))

    def _is_deleted(self, *message: Sequence[str | None]) -> Flags:
        return np.fromiter((one in self._deleted for one in zip(*message, strict=True)), dtype=bool)

    def _number_person(self, who: tuple[str, str]) -> int:
        if who in self._uncounted:
            return -1
        self._names.append(who)
        return len(self._names) - 1

    def _read_aim(self, aim: tuple[str, str]) -> int:
        platform, toward = aim
        read = tuple((self._people[platform, person], how) for person, how in json.loads(toward))
        self._toward.append(read)
        self._targets.extend(person for person, _ in read)
        self._starts.append(len(self._targets))
        for kind, told in self._told.items():
            told.append(any(how == kind for _, how in read))
        return len(self._toward) - 1


class _Reactions:
    """Who put what on which message and took it off again, until it is clear what stands."""

    def __init__(self) -> None:
        #: Which emoji approves, by its number.
        self._approves = array("b")
        self._emoji: _Numbers[str | None] = _Numbers(self._number_emoji)
        #: Source, aim, day, whether it was given, emoji, and a hash of source and message.
        self._columns = _Columns(6)
        #: Platform, channel and message; when, and by which event.
        self._acts: list[Act] = []

    def add(
        self,
        acts: Sequence[Act],
        who: tuple[Ints, Ints, Ints],
        *,
        is_given: Ints,
        emoji: Sequence[str | None],
    ) -> None:
        """Take rows in any order; `who` is source, aim and day of each."""
        to = (hash((number, *act[:3])) for number, act in zip(who[0].tolist(), acts, strict=True))
        self._columns.add(*who, is_given, self._emoji.of(emoji), np.fromiter(to, dtype=np.int64, count=len(acts)))
        self._acts += acts

    def settle(self) -> tuple[Ints, Ints, Ints, list[Message]]:
        """Return source, aim, day and message of each person's first reaction that is still on and approves.

        Whoever did one thing alone to a message has nothing to be gone through; that is nearly everybody, and a hash
        that is there once tells them. The others' acts are gone through in order.
        """
        acts, self._acts = self._acts, []
        source, aim, day, is_given, emoji, to = self._columns.whole()
        self._columns = _Columns(6)
        _, which, times = np.unique(to, return_inverse=True, return_counts=True)
        stands = (is_given > 0) & (np.array(self._approves, dtype=np.int8)[emoji] > 0)
        first = np.flatnonzero((times[which] == 1) & stands).tolist()
        of_one: dict[tuple[int, Message], list[int]] = {}
        for at in np.flatnonzero(times[which] > 1).tolist():
            of_one.setdefault((int(source[at]), _message_of(acts[at])), []).append(at)
        for mine in of_one.values():
            on: dict[int, int] = {}
            for at in sorted(mine, key=lambda at: acts[at][3:]):
                on.pop(int(emoji[at]), None)
                if stands[at]:
                    on[int(emoji[at])] = at
            if on:
                first.append(min(on.values(), key=lambda at: acts[at][3]))
        return source[first], aim[first], day[first], [_message_of(acts[at]) for at in first]

    def _number_emoji(self, emoji: str | None) -> int:
        self._approves.append(emoji is None or emoji[:1] not in DISAPPROVING)
        return len(self._approves) - 1


def _message_of(act: Act) -> Message:
    platform, channel, message, _, _ = act
    return platform, channel, message or ""
