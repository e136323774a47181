"""What an adapter must give: two verbs and two tables of facts. What only some platforms can do is an optional port.

The core asks for an optional port by `isinstance` of its Protocol and never by a platform's name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from bot.messages import ChannelRef, Event, OutgoingPost, PersonRef, Place, PostedRef

#: Called by an adapter with a batch of events, oldest first. It returns once all of them are committed, and only then
#: may the adapter move its cursor. It raises StoreFault when they could not be: the adapter delivers them again.
Receive: TypeAlias = Callable[[tuple[Event, ...]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """One documented limit on sending."""

    #: Whether it counts over the whole account or per channel.
    scope: Literal["account", "channel"]
    #: How many sends…
    count: int
    #: …in how long.
    per: timedelta
    #: How many may go at once before spacing begins.
    burst: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformLimits:
    """What fits, in numbers the platform publishes."""

    #: The longest text of one message, in `unit`s.
    text_length: int
    #: How the platform counts: UTF-16 code units or Unicode characters.
    unit: Literal["utf16", "characters"] = "characters"
    #: The longest card title and description, in `unit`s; 0 where the platform shows no cards.
    card_title: int = 0
    card_description: int = 0
    #: The documented rates, all of which hold at once.
    rates: tuple[Rate, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformTraits:
    """What the platform can do, as data the core decides by."""

    #: What is known after an answer was lost: `idempotent` (send again with the same id), `readable` (history tells),
    #: `neither` (only a person can tell).
    after_uncertainty: Literal["idempotent", "readable", "neither"]
    #: For how long a repeated id is recognised, where `idempotent`.
    idempotent_for: timedelta = timedelta(0)
    #: Whether a private reply in a group is possible.
    private_replies: bool = False
    #: Whether a menu of commands is shown to members.
    command_menu: bool = False
    #: Whether reactions, joins, edits and deletions reach the bot.
    reactions: bool = False
    joins: bool = False
    edits: bool = False
    deletes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandSpec:
    """A command as a menu shows it."""

    #: The canonical name, lower case ("top").
    name: str
    #: What it does, by language ("en", "id"); at most 100 characters each.
    descriptions: dict[str, str]
    #: Its name by language, where it differs ("id": "teratas").
    names: dict[str, str]
    #: Whether words may follow it, and what they are called in the menu by language; None for none.
    argument: dict[str, str] | None = None
    #: Whether it is answered privately where the platform can do that.
    private: bool = False
    #: Whether a platform without private replies shows it in direct conversations alone.
    only_direct: bool = False
    #: Whether it is for the admins of a community, and not shown to everybody where the platform can do that.
    for_admins: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of what `probe` saw."""

    #: Whether this is as it should be.
    ok: bool
    #: What was seen, and when it is not ok, the clicks that change it.
    text: str


@runtime_checkable
class Platform(Protocol):
    """One account on one platform."""

    @property
    def name(self) -> str:
        """The adapter's folder name."""

    @property
    def limits(self) -> PlatformLimits:
        """What fits."""

    @property
    def traits(self) -> PlatformTraits:
        """What it can do."""

    async def run(self, receive: Receive) -> None:
        """Log in and pass events to `receive` until cancelled; reconnect by itself while the platform is away.

        Own messages and those of other bots are never passed on. An exception from `receive` does not end `run`: the
        same events are delivered again. Raises LoginRefused for a bad token and SettingsFault for a missing right
        without which nothing works. Cancelling closes every connection within seconds.
        """

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send one post and return what the platform gave back.

        May be called before or while `run` is active. Mass mentions are off and text is never parsed as markup.
        Raises LoginRefused, PlatformDown, RateLimited, SendUncertain, ChannelLost or PostRejected, and nothing else.
        """


@runtime_checkable
class Closing(Protocol):
    """A platform that holds connections also outside `run`."""

    async def close(self) -> None:
        """Give them back. Safe to call twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """How far a channel was listened to: its newest message in the log."""

    #: The platform's message id.
    message_id: str
    #: When it was written, aware UTC.
    at: datetime


@runtime_checkable
class Resuming(Protocol):
    """A platform that tells nothing again by itself, but keeps a history that can be read."""

    def resume(self, heard: Mapping[str, Heard], *, not_before: datetime) -> None:
        """Let the next `run` first pass on what came after `heard`, by channel id, and not before `not_before`.

        What was heard already may be passed on again. Called before each `run`, with what the log knows by then;
        empty where nothing is known, and then `run` begins with the present.
        """


#: Asked before something that a platform counts over all processes of one account, with its limits by name. Returns
#: zero when it may be done now, and then it has been counted; otherwise how long to wait before asking again. Raises
#: StoreFault.
Gate: TypeAlias = Callable[[Mapping[str, Rate]], Awaitable[timedelta]]


@runtime_checkable
class Sharding(Protocol):
    """A platform whose events come over several connections, each of which one process at a time may hold.

    `Platform.run` is then the whole account over one connection.
    """

    async def count_shards(self) -> int:
        """Return how many connections the account has, at least one, waiting while the platform is away.

        Raises LoginRefused.
        """

    async def run_shard(self, number: int, count: int, receive: Receive, gate: Gate) -> None:
        """Do what `Platform.run` does for connection `number` (from 0) of `count`, logging in when `gate` lets it.

        Where the platform is `Resuming` too, `resume` is called before, and is meant for this connection.
        """


@runtime_checkable
class LookingBack(Protocol):
    """A platform whose history tells whether a post arrived, long after its id has been forgotten."""

    async def find_posted(self, post: OutgoingPost, *, begun_at: datetime) -> PostedRef | None:
        """Return what became of a post that was perhaps sent since `begun_at`; None when it is certainly not there.

        Raises what `Platform.post` raises, SendUncertain where the history can't be read far enough.
        """


@runtime_checkable
class Editing(Protocol):
    """A platform on which the bot can change what it has posted."""

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Let a message of the bot say what `post` says instead; saying the same already is success.

        Repeating it changes nothing. Raises what `Platform.post` raises: PostRejected also when the message is gone.
        """


@runtime_checkable
class Deleting(Protocol):
    """A platform on which the bot can take back what it has posted."""

    async def delete(self, posted: PostedRef) -> None:
        """Take a message of the bot away; one that is gone already is success.

        Raises what `Platform.post` raises: PostRejected where the platform does not let this message go any more.
        """


@runtime_checkable
class Acknowledging(Protocol):
    """A platform on which a command or a pressed button must be acknowledged within seconds."""

    async def acknowledge(self, ticket: str, *, private: bool, text: str = "") -> None:
        """Show that the answer is coming. Never raises: a late acknowledgement is logged and the reply still tried.

        For a pressed button `text`, of at most 200 characters, is the whole answer: the one who pressed it sees it
        and nobody else. Without one the press is taken in silence.
        """


@runtime_checkable
class KnowingAdmins(Protocol):
    """A platform that tells who has a say in a community."""

    async def is_admin(self, channel: ChannelRef, person: PersonRef) -> bool:
        """Whether the platform says that somebody administers the community a channel is in; asked anew each time.

        False for somebody who is not there, and for whoever writes as a group or channel and so shows no account.
        Raises what `Platform.post` raises where it can't be found out.
        """


@runtime_checkable
class Probing(Protocol):
    """A platform whose rights and settings can be read."""

    async def probe(self, channels: tuple[str, ...]) -> tuple[Finding, ...]:
        """Log in, look at the account and at each of `channels` (space ids), log out.

        Raises LoginRefused or PlatformDown.
        """


class Address(Protocol):
    """The part of a community's YAML that says where it lives on a platform; a pydantic model of the adapter."""

    def place(self, key: str) -> Place:
        """Where the community called `key` lives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Character:
    """What people on a platform take kindly, as far as a number says it; the words are in its guide, docs/NAME.md."""

    #: How many posts a day in one community are still a guest's.
    posts_a_day: int
    #: Whether links that say where a reader comes from give offence.
    resents_tracking: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountDoubt:
    """Something in an account's settings that is valid but perhaps not meant."""

    #: The keys below `platforms.NAME` that lead to it.
    keys: tuple[str, ...]
    #: What it is.
    text: str
    #: What to write instead.
    advice: str


def _doubt_nothing(_account: Any) -> tuple[AccountDoubt, ...]:  # noqa: ANN401 - an instance of the kind's own model
    return ()


def _need_no_web(_account: Any) -> bool:  # noqa: ANN401 - as above
    return False


def _write_nothing(_where: ChannelRef) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformKind:
    """A platform as the configuration knows it before any SDK is imported."""

    #: The adapter's folder name.
    name: str
    #: A pydantic model (frozen, extra="forbid") of `platforms.NAME`: token, api_base…
    account: type[Any]
    #: A pydantic model (frozen, extra="forbid") of a community's address keys, meeting `Address`.
    address: type[Any]
    #: Whether `platforms.NAME` must be given; a platform without an account works by its name alone.
    needs_account: bool
    #: What fits.
    limits: PlatformLimits
    #: What it can do.
    traits: PlatformTraits
    #: How the platform writes a person's id, as a regular expression and in words.
    person_id_pattern: str
    person_id_hint: str
    #: What people there take kindly; None where there is nobody to offend.
    character: Character | None = None
    #: What is valid in an `account` but perhaps not meant.
    doubt_account: Callable[[Any], Iterable[AccountDoubt]] = _doubt_nothing
    #: Whether an `account` lets the platform call this service, which then needs a web address.
    needs_web: Callable[[Any], bool] = _need_no_web
    #: The lines of YAML that `address` reads as the place of a channel; none where the key says it.
    write_address: Callable[[ChannelRef], tuple[str, ...]] = _write_nothing
