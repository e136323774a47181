"""The sandbox as a platform: events go in through those who act as members, posts stand in memory.

`SandboxPlatform` meets `Platform` for the core and gives `says`, `reacts`, `joins`… to whoever plays the members: the
demo, a test, a page in the browser. These belong to one event loop; nothing here is for several threads.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import count

from adapters.sandbox import settings
from adapters.sandbox.failures import Mishap, fault_of, lost
from adapters.sandbox.inbox import Inbox
from adapters.sandbox.incoming import read_typed
from adapters.sandbox.outgoing import as_edited, as_message
from adapters.sandbox.room import Listener, Message, Room
from bot.errors import PlatformDown, PostRejected
from bot.messages import (
    ButtonPressed,
    ChannelRef,
    CommandGiven,
    IncomingMessage,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessageRef,
    OutgoingPost,
    Person,
    PersonRef,
    Place,
    PostedRef,
    ReactionGiven,
    ReactionRemoved,
    Span,
)
from bot.ports.platform import CommandSpec, PlatformLimits, PlatformTraits, Receive

#: The bot's own person id; members may not use it.
BOT_ID = "bot"


class SandboxPlatform:
    """Communities in memory, one per place. Everything is gone with the process, by design.

    `bot_name` is what members call the bot: `@Tani` and `@bot` both address it. `run_id` makes ids unique: a random one
    keeps them apart over restarts, a given one makes them the same each time.
    """

    def __init__(
        self,
        *,
        places: Iterable[Place],
        now: Callable[[], datetime],
        commands: tuple[CommandSpec, ...] = (),
        bot_name: str = BOT_ID,
        run_id: str | None = None,
    ) -> None:
        self._now = now
        self._commands = commands
        self._handles = frozenset({BOT_ID, bot_name.casefold(), bot_name.casefold().replace(" ", "")})
        self._run_id = secrets.token_hex(4) if run_id is None else run_id
        self._numbers = count(1)
        self._rooms = {place.posts.space: Room() for place in places}
        self._people: dict[str, Person] = {}
        self._posted: dict[str, PostedRef] = {}
        self._mishaps: deque[Mishap] = deque()
        #: Who pressed which message's button, by ticket, until it is acknowledged.
        self._presses: dict[str, tuple[str, str, str]] = {}
        self._inbox = Inbox()
        self._closed = False

    # What the core asks.

    @property
    def name(self) -> str:
        """The adapter's folder name."""
        return settings.NAME

    @property
    def limits(self) -> PlatformLimits:
        """What fits."""
        return settings.LIMITS

    @property
    def traits(self) -> PlatformTraits:
        """What it can do."""
        return settings.TRAITS

    async def run(self, receive: Receive) -> None:
        """Pass what members do to `receive`, in batches, until cancelled; what was not committed comes again."""
        await self._inbox.deliver(receive)

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Put a post into its community; the same id again gives the same message."""
        space = post.channel.space
        if not self._closed and space in self._rooms and (known := self._posted.get(post.id)) is not None:
            return known
        _, mishap = self._meet(space)
        posted = self._put_post(post)
        if mishap is not None:
            raise fault_of(mishap, space)
        return posted

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Let a message of the bot say something else; see `bot.ports.platform.Editing.edit`."""
        room, mishap = self._meet(posted.channel.space)
        standing = room.messages.get(posted.message_id)
        if standing is None or standing.author is not None:
            raise PostRejected("the message is not there any more; there is nothing to change")
        changed = as_edited(standing, post, at=self._now())
        if changed != standing:
            room.put(changed)
        if mishap is not None:
            raise fault_of(mishap, posted.channel.space)

    async def delete(self, posted: PostedRef) -> None:
        """Take a message of the bot away; see `bot.ports.platform.Deleting.delete`."""
        room, mishap = self._meet(posted.channel.space)
        if posted.message_id in room.messages:
            room.remove(posted.message_id)
        if mishap is not None:
            raise fault_of(mishap, posted.channel.space)

    async def acknowledge(self, ticket: str, *, private: bool, text: str = "") -> None:  # noqa: ARG002 - always private
        """Answer the press of a button: only the one who pressed it sees `text`."""
        pressed = self._presses.pop(ticket, None)
        if pressed is not None and text and not self._closed:
            space, person, message_id = pressed
            room = self._rooms[space]
            about = room.messages.get(message_id)
            room.put(
                Message(
                    id=self._new_id("m"),
                    author=None,
                    at=self._now(),
                    spans=(Span(text=text),),
                    reply_to=None if about is None else about.id,
                    thread=None if about is None else about.thread,
                    private_to=person,
                )
            )

    async def is_admin(self, channel: ChannelRef, person: PersonRef) -> bool:
        """Whether somebody was made an admin of a community by `appoints`."""
        room, mishap = self._meet(channel.space)
        if mishap is not None:
            raise fault_of(mishap, channel.space)
        return person.id in room.admins

    async def close(self) -> None:
        """Take no more posts."""
        self._closed = True

    # What those who play the members do.

    def introduce(self, person: Person) -> None:
        """Say who a person is before they act: their name, their language, whether they are a bot.

        Somebody never introduced is called by their id.
        """
        self._people[person.ref.id] = person

    def appoints(self, space: str, person: str) -> None:
        """Make a person an admin of a community; KeyError for one that is not there."""
        self._rooms[space].admins.add(person)

    def says(
        self,
        space: str,
        person: str,
        text: str,
        *,
        reply_to: str | None = None,
        mentions_bot: bool = False,
        thread: str | None = None,
    ) -> str:
        """Let a person write something and return the message's id.

        A line that starts with a slash is a command; `@` and the bot's name address it, as `mentions_bot` does. Raises
        KeyError for a community or a message that is not there.
        """
        room = self._rooms[space]
        answered = None if reply_to is None else room.messages[reply_to]
        who = self._person(person)
        message = Message(
            id=self._new_id("m"),
            author=who,
            at=self._now(),
            spans=(Span(text=text),),
            reply_to=reply_to,
            thread=thread,
        )
        room.put(message)
        if who.is_bot:
            return message.id
        room.members.setdefault(person, who)
        where = self._channel(space, thread)
        typed = read_typed(text, handles=self._handles, commands=self._commands, members=self._handles_of(room))
        reply = None if answered is None else self._ref(space, answered)
        if typed.command is not None:
            self._inbox.put(
                CommandGiven(
                    event_id=self._new_id("e"),
                    at=message.at,
                    channel=where,
                    name=typed.command,
                    arguments=typed.text,
                    author=who,
                    message_id=message.id,
                    reply_to=reply,
                )
            )
            return message.id
        self._inbox.put(
            IncomingMessage(
                event_id=self._new_id("e"),
                at=message.at,
                channel=where,
                message_id=message.id,
                author=who,
                text=typed.text,
                reply_to=reply,
                mentions=tuple(PersonRef(platform=self.name, id=member) for member in typed.mentions),
                mentions_bot=typed.mentions_bot or mentions_bot,
                replies_to_bot=answered is not None and answered.author is None,
            )
        )
        return message.id

    def reacts(self, space: str, person: str, message_id: str, emoji: str) -> None:
        """Let a person put a reaction on a message; twice the same counts once. Raises KeyError for an unknown one."""
        if self._rooms[space].react(message_id, person, emoji):
            self._put_reaction(ReactionGiven, space, person, message_id, emoji)

    def unreacts(self, space: str, person: str, message_id: str, emoji: str) -> None:
        """Let a person take a reaction back, if they gave it. Raises KeyError for an unknown message."""
        if self._rooms[space].unreact(message_id, person, emoji):
            self._put_reaction(ReactionRemoved, space, person, message_id, emoji)

    def presses(self, space: str, person: str, message_id: str, button: str) -> None:
        """Let a person press a button below a message; KeyError for a message or a button that is not there."""
        message, who = self._rooms[space].messages[message_id], self._person(person)
        if button not in {each.id for each in message.buttons}:
            raise KeyError(button)
        ticket = self._new_id("b")
        self._presses[ticket] = (space, person, message_id)
        self._inbox.put(
            ButtonPressed(
                event_id=ticket,
                at=self._now(),
                channel=self._channel(space, message.thread),
                message=self._ref(space, message),
                author=who,
                button=button,
                ticket=ticket,
            )
        )

    def joins(self, space: str, person: str) -> None:
        """Let a person enter a community; one who is in already does not enter again."""
        room = self._rooms[space]
        who = self._person(person)
        if person not in room.members:
            room.members[person] = who
            where = self._channel(space, None)
            self._inbox.put(MemberJoined(event_id=self._new_id("e"), at=self._now(), channel=where, author=who))

    def leaves(self, space: str, person: str) -> None:
        """Let a person leave a community; one who is not in it can't."""
        if (who := self._rooms[space].members.pop(person, None)) is not None:
            where = self._channel(space, None)
            self._inbox.put(MemberLeft(event_id=self._new_id("e"), at=self._now(), channel=where, author=who))

    def edits(self, space: str, message_id: str, text: str) -> None:
        """Let the author of a message change its text. Raises KeyError for an unknown message or one of the bot's."""
        room = self._rooms[space]
        message = room.messages[message_id]
        if message.author is None:
            raise KeyError(message_id)
        changed = replace(message, spans=(Span(text=text),), edited_at=self._now())
        room.put(changed)
        if not message.author.is_bot:
            typed = read_typed(text, handles=self._handles, commands=(), members={})
            self._inbox.put(
                MessageEdited(
                    event_id=self._new_id("e"),
                    at=self._now(),
                    channel=self._channel(space, message.thread),
                    message=self._ref(space, changed),
                    author=message.author,
                    text=text.strip() if typed.command is not None else typed.text,
                )
            )

    def deletes(self, space: str, message_id: str) -> None:
        """Take a message away; who did it is not told. Raises KeyError for an unknown message."""
        room = self._rooms[space]
        message = room.messages[message_id]
        room.remove(message_id)
        self._inbox.put(
            MessageDeleted(
                event_id=self._new_id("e"),
                at=self._now(),
                channel=self._channel(space, message.thread),
                message=self._ref(space, message),
            )
        )

    def suffer(self, mishap: Mishap) -> None:
        """Let the next post meet `mishap`; several are met in order."""
        self._mishaps.append(mishap)

    # What onlookers see.

    def transcript(self, space: str) -> tuple[Message, ...]:
        """Everything that stands in a community, oldest first. Raises KeyError for an unknown one."""
        return tuple(self._rooms[space].messages.values())

    def members(self, space: str) -> tuple[Person, ...]:
        """Who is in a community, in order of coming. Raises KeyError for an unknown one."""
        return tuple(self._rooms[space].members.values())

    def listen(self, space: str, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of every change in a community; call what is returned to stop that."""
        return self._rooms[space].listen(listener)

    async def committed(self) -> None:
        """Return once everything that has happened so far is committed by the core."""
        await self._inbox.committed()

    # The inside.

    def _meet(self, space: str) -> tuple[Room, Mishap | None]:
        """Return the room to write in, and what happens once it is written; raise what happens before."""
        if self._closed:
            raise PlatformDown("the sandbox is closed; start it again to post")
        if space not in self._rooms:
            raise lost(space)
        mishap = self._mishaps.popleft() if self._mishaps else None
        if mishap is not None and mishap != "answer_lost":
            raise fault_of(mishap, space)
        return self._rooms[space], mishap

    def _put_post(self, post: OutgoingPost) -> PostedRef:
        room = self._rooms[post.channel.space]
        message = as_message(post, message_id=self._new_id("m"), at=self._now(), messages=room.messages)
        room.put(message)
        posted = PostedRef(channel=post.channel, message_id=message.id)
        self._posted[post.id] = posted
        return posted

    def _put_reaction(
        self, kind: type[ReactionGiven | ReactionRemoved], space: str, person: str, message_id: str, emoji: str
    ) -> None:
        message, who = self._rooms[space].messages[message_id], self._person(person)
        if not who.is_bot:
            self._inbox.put(
                kind(
                    event_id=self._new_id("e"),
                    at=self._now(),
                    channel=self._channel(space, message.thread),
                    message=self._ref(space, message),
                    author=who,
                    emoji=emoji,
                )
            )

    def _person(self, person_id: str) -> Person:
        if person_id == BOT_ID:
            raise ValueError(f'"{BOT_ID}" is the bot itself; a member needs another id')
        known = self._people.get(person_id)
        return known if known is not None else Person(ref=PersonRef(platform=self.name, id=person_id), name=person_id)

    def _handles_of(self, room: Room) -> dict[str, str]:
        """Person ids by what people type after the at sign: the name without spaces, or the id, which goes first."""
        by_name = {who.name.casefold().replace(" ", ""): id_ for id_, who in room.members.items()}
        return by_name | {id_.casefold(): id_ for id_ in room.members}

    def _channel(self, space: str, thread: str | None) -> ChannelRef:
        return ChannelRef(platform=self.name, space=space, channel=space, thread=thread)

    def _ref(self, space: str, message: Message) -> MessageRef:
        author = None if message.author is None else message.author.ref
        return MessageRef(channel=self._channel(space, message.thread), id=message.id, author=author)

    def _new_id(self, kind: str) -> str:
        return f"{self._run_id}-{kind}{next(self._numbers)}"
