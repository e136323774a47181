"""The ties of a whole log, read row by row without making an object of each.

The same rules as `activity.keep_standing` and `graph.gather_ties`, for logs too long for these: what is kept of a row
is three numbers. A test holds the two to each other.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Mapping
from datetime import date

import numpy as np

from bot.engagement.activity import DISAPPROVING
from bot.engagement.graph import Ties
from bot.messages import PersonRef
from bot.ports.records import DeletedMessage, TieRow

_EPOCH = date(1970, 1, 1).toordinal()

#: Platform, channel and message id.
Message = tuple[str, str, str]


class TieGatherer:
    """Takes rows in any order and gives the ties when all are in."""

    def __init__(self, *, uncounted: Collection[PersonRef], deleted: Collection[DeletedMessage]) -> None:
        """`uncounted` are left out, and so is what was done in or to `deleted` messages."""
        self._uncounted = {(who.platform, who.id) for who in uncounted}
        self._deleted = frozenset(deleted)
        #: Numbers of people by platform and id, -1 for the uncounted.
        self._numbers: dict[tuple[str, str], int] = {}
        self._days: dict[str, int] = {}
        self._read: dict[tuple[str, str], tuple[tuple[int, str], ...]] = {}
        self._source, self._target, self._day = array("q"), array("q"), array("q")
        #: Who answered which message whose author the row does not name, and when.
        self._unnamed: list[tuple[int, Message, int]] = []
        #: By message and reactor: order, whether given, emoji, and the row's ties.
        self._reactions: dict[tuple[Message, int], list[tuple[str, str, bool, str | None, TieRow]]] = {}

    def add(self, rows: Iterable[TieRow]) -> None:
        """Take some rows."""
        for row in rows:
            platform, channel, kind, author, at, event_id, message_id, reply_to, _, emoji = row
            source = self._number(platform, author)
            if source < 0 or (self._deleted and (platform, channel, message_id) in self._deleted):
                continue
            if kind != "message":
                order = (at, event_id, kind == "reaction", emoji, row)
                self._reactions.setdefault(((platform, channel, message_id or ""), source), []).append(order)
                continue
            gone = reply_to is not None and bool(self._deleted) and (platform, channel, reply_to) in self._deleted
            self._take(row, source, reply_to, "reply", gone=gone)

    def unnamed(self) -> frozenset[Message]:
        """Return the messages whose authors are still to be looked up, all rows being in."""
        self._settle_reactions()
        return frozenset(message for _, message, _ in self._unnamed)

    def ties(self, authors: Mapping[Message, str]) -> Ties:
        """Return the ties, `authors` being what is known of the unnamed messages."""
        for source, message, day in self._unnamed:
            if (author := authors.get(message)) is not None:
                self._tie(source, self._number(message[0], author), day)
        table = np.stack([np.frombuffer(part, dtype=np.int64) for part in (self._source, self._target, self._day)])
        used = np.unique(table[:2])
        known = list(self._numbers)
        numbered = {number: who for who, number in zip(known, self._numbers.values(), strict=True) if number >= 0}
        people = sorted(numbered[number] for number in used.tolist())
        place = np.zeros(len(known) + 1, dtype=np.int64)
        place[[self._numbers[who] for who in people]] = np.arange(len(people))
        source, target, day = place[table[0]], place[table[1]], table[2]
        order = np.lexsort((day, target, source))
        source, target, day = source[order], target[order], day[order]
        new = np.ones(len(day), dtype=bool)
        new[1:] = (np.diff(source) != 0) | (np.diff(target) != 0) | (np.diff(day) != 0)
        return Ties(
            people=tuple(PersonRef(platform=platform, id=person) for platform, person in people),
            source=source[new],
            target=target[new],
            day=day[new],
        )

    def _take(self, row: TieRow, source: int, aimed_at: str | None, kind: str, *, gone: bool) -> None:
        """Tie `source` to whom a row is aimed at; `gone` is whether the message it answers was deleted."""
        day = self._day_of(row.at)
        told = False
        for person, how in self._read_toward(row.platform, row.toward):
            told = told or how == kind
            if not (gone and how == kind):
                self._tie(source, person, day)
        if aimed_at is not None and not told and not gone:
            self._unnamed.append((source, (row.platform, row.channel, aimed_at), day))

    def _settle_reactions(self) -> None:
        """Take of each person's reactions to a message the first that is still on and approves."""
        for (message, source), given in self._reactions.items():
            on: dict[str | None, TieRow] = {}
            for _, _, is_given, emoji, row in sorted(given, key=lambda one: one[:2]):
                on.pop(emoji, None)
                if is_given and (emoji is None or emoji[:1] not in DISAPPROVING):
                    on[emoji] = row
            if on:
                first = min(on.values(), key=lambda row: row.at)
                self._take(first, source, message[2], "reaction", gone=False)
        self._reactions.clear()

    def _tie(self, source: int, target: int, day: int) -> None:
        if target >= 0 and target != source:
            self._source.append(source)
            self._target.append(target)
            self._day.append(day)

    def _number(self, platform: str, person: str) -> int:
        who = (platform, person)
        number = self._numbers.get(who)
        if number is None:
            number = self._numbers[who] = -1 if who in self._uncounted else len(self._numbers)
        return number

    def _read_toward(self, platform: str, toward: str) -> tuple[tuple[int, str], ...]:
        if toward == "[]":
            return ()
        asked = (platform, toward)
        found = self._read.get(asked)
        if found is None:
            found = tuple((self._number(platform, person), how) for person, how in json.loads(toward))
            self._read[asked] = found
        return found

    def _day_of(self, at: str) -> int:
        day = self._days.get(at[:10])
        if day is None:
            day = self._days[at[:10]] = date.fromisoformat(at[:10]).toordinal() - _EPOCH
        return day
