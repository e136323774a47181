"""The script of a week: who says and does what, where and when. It holds what people do and nothing of what follows.

Pure: takes parsed data and gives acts in the order of time. Playing them is somebody else's work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOMENT = re.compile(rf"({'|'.join(_WEEKDAYS)}) (\d\d):(\d\d)")

#: The keys by which an act is told from the others; a line has exactly one.
_KINDS = ("say", "react", "join", "leave", "edit", "delete")

#: What a line may carry besides, by kind.
_EXTRAS = {
    "say": {"id", "reply_to", "thread", "to_bot"},
    "react": {"to"},
    "join": set[str](),
    "leave": set[str](),
    "edit": {"to"},
    "delete": {"to"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Which message is meant: a `line` of the script, the bot's `answer` to one, or the shared blog `post`."""

    kind: Literal["line", "answer", "post"]
    #: The line's id, or the post's slug.
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Act:
    """What every act carries."""

    #: When, aware UTC.
    at: datetime
    #: The community's key.
    community: str
    #: The person's id.
    person: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Says(_Act):
    """Somebody writes."""

    #: What they write.
    text: str
    #: What the script calls this line, if anything.
    id: str | None
    #: What it answers.
    reply_to: Target | None
    #: The thread it stands in.
    thread: str | None
    #: Whether it names the bot.
    to_bot: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reacts(_Act):
    """Somebody reacts to a message."""

    #: With what.
    emoji: str
    #: To which.
    to: Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Joins(_Act):
    """Somebody enters the community."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaves(_Act):
    """Somebody leaves it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edits(_Act):
    """Somebody changes a line of theirs."""

    #: What it says now.
    text: str
    #: Which line.
    to: Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletes(_Act):
    """Somebody takes a line of theirs away."""

    #: Which line.
    to: Target


Act: TypeAlias = Says | Reacts | Joins | Leaves | Edits | Deletes


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """A whole week in all communities."""

    #: Display names by person id.
    people: Mapping[str, str]
    #: The communities' keys, in the order of the file.
    communities: tuple[str, ...]
    #: Everything anybody does, in the order of time.
    acts: tuple[Act, ...]


def read_week(data: Mapping[str, Any], *, monday: date) -> Week:
    """Read a parsed `week.yaml` as the week that begins on `monday`; each community's times are its own.

    Raises ValueError that names the community, the line's number in it and what is wrong: an unknown key, person, day
    or line, a line told before it was said, an id given twice.
    """
    people: Mapping[str, str] = data["people"]
    acts: list[Act] = []
    for key, community in data["communities"].items():
        zone = ZoneInfo(community["timezone"])
        known: dict[str, datetime] = {}
        for number, line in enumerate(community["lines"], start=1):
            try:
                act = _read_act(line, key, people, monday, zone)
                _check_target(act, known)
                if isinstance(act, Says) and act.id is not None:
                    if act.id in known:
                        raise ValueError(f'the id "{act.id}" is taken')  # noqa: TRY301  # told with its place below
                    known[act.id] = act.at
            except ValueError as error:
                raise ValueError(f"{key}, line {number}: {error}") from error
            acts.append(act)
    acts.sort(key=lambda act: act.at)
    return Week(people=dict(people), communities=tuple(data["communities"]), acts=tuple(acts))


def read_target(text: str) -> Target:
    """Read `post:SLUG`, `answer:ID` or a line's id."""
    kind, colon, name = text.partition(":")
    if not colon:
        return Target(kind="line", name=text)
    if kind not in ("answer", "post") or not name:
        raise ValueError(f'"{text}" names nothing; write a line\'s id, answer:ID or post:SLUG')
    return Target(kind="answer" if kind == "answer" else "post", name=name)


def _read_act(line: Mapping[str, Any], community: str, people: Mapping[str, str], monday: date, zone: ZoneInfo) -> Act:
    kinds = [kind for kind in _KINDS if kind in line]
    if len(kinds) != 1:
        raise ValueError(f"a line has one of {', '.join(_KINDS)}; this one has {', '.join(kinds) or 'none'}")
    kind = kinds[0]
    if unknown := sorted(line.keys() - {"at", "as", kind} - _EXTRAS[kind]):
        raise ValueError(f'"{unknown[0]}" does not go with "{kind}"')
    if missing := sorted({"at", "as"} - line.keys()):
        raise ValueError(f'"{missing[0]}" is missing')
    at, person, what = _moment(line["at"], monday, zone), line["as"], line[kind]
    if person not in people:
        raise ValueError(f'there is no "{person}" under people')
    match kind:
        case "say":
            return Says(
                at=at,
                community=community,
                person=person,
                text=what,
                id=line.get("id"),
                reply_to=read_target(line["reply_to"]) if "reply_to" in line else None,
                thread=line.get("thread"),
                to_bot=line.get("to_bot", False),
            )
        case "react":
            return Reacts(at=at, community=community, person=person, emoji=what, to=_to(line))
        case "join":
            return Joins(at=at, community=community, person=person)
        case "leave":
            return Leaves(at=at, community=community, person=person)
        case "edit":
            return Edits(at=at, community=community, person=person, text=what, to=_to(line))
        case _:
            return Deletes(at=at, community=community, person=person, to=_to(line))


def _to(line: Mapping[str, Any]) -> Target:
    if "to" not in line:
        raise ValueError('"to" is missing: which message is meant?')
    return read_target(line["to"])


def _check_target(act: Act, known: Mapping[str, datetime]) -> None:
    """Refuse an act on a line that has not been said by then; posts and answers are known only when it is played."""
    match act:
        case Says():
            target = act.reply_to
        case Reacts() | Edits() | Deletes():
            target = act.to
        case Joins() | Leaves():
            target = None
    if target is None or target.kind == "post":
        return
    if target.name not in known or known[target.name] > act.at:
        raise ValueError(f'nobody has said "{target.name}" by then')
    if isinstance(act, Edits | Deletes) and target.kind != "line":
        raise ValueError("only a line of the script can be changed by its people")


def _moment(text: str, monday: date, zone: ZoneInfo) -> datetime:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a moment of the week; write it like "tue 09:12"')
    day = monday + timedelta(days=_WEEKDAYS.index(found[1]))
    return datetime.combine(day, time(int(found[2]), int(found[3])), tzinfo=zone).astimezone(UTC)
