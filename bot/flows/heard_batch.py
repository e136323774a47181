"""What one batch of events becomes: rows of the log, replies, questions, votes, all in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.brand import Brand, Community
from bot.conversation.choices import is_sign, read_choice
from bot.conversation.commands import SPECS
from bot.conversation.hear import (
    Ask,
    HandOver,
    Hearing,
    MemberState,
    RunCommand,
    Say,
    StaySilent,
    hear,
    pass_over,
    reply_language,
)
from bot.conversation.pages import (
    compose_about,
    compose_consent,
    compose_forgotten,
    compose_help,
    compose_language,
    find_language,
)
from bot.conversation.pausing import FOR_ADMINS
from bot.conversation.phrases import find_remark
from bot.conversation.reply import compose_fixed
from bot.conversation.wording import TextKey, Wording
from bot.flows.find_button import find_button
from bot.flows.forget_member import find_forgotten, forget_member, names_by_id, stranger, welcome_back
from bot.flows.log_event import MessageKey, logged_event, messages_named, people_in
from bot.flows.member_state import FLOOD_WINDOW, member_state
from bot.flows.notice import Notice
from bot.flows.reply_rows import Addressee, reply_rows
from bot.flows.take_choice import Taken, take_choice
from bot.flows.watch_reception import heed_removals
from bot.ids import new_id
from bot.knowledge.language import detect_language
from bot.messages import (
    ButtonPressed,
    CommandGiven,
    IncomingMessage,
    MemberEvent,
    MessageDeleted,
    MessageRef,
    PersonRef,
    ReactionGiven,
    Span,
)
from bot.ports.platform import PlatformLimits
from bot.ports.records import KnownBrand, Member, Question, Queued, Rating, Remark
from bot.ports.store import UnitOfWork

#: Commands whose answer takes reading the log or asking the platform; the others are answered in the transaction that
#: hears them.
WORKED_OUT_LATER = frozenset({"top", "me", "privacy", "mydata"}) | FOR_ADMINS
#: What it does about what it heard, in words for whoever watches it decide.
_DECISIONS = {
    Ask: "looks for an answer",
    RunCommand: "does what it is told",
    Say: "replies",
    HandOver: "calls a person",
    StaySilent: "stays silent",
}

log = structlog.get_logger()


class HeardBatch:
    """The events of one transaction, with what the store knows about whom they name."""

    def __init__(
        self,
        brand: Brand,
        platform: str,
        *,
        known: KnownBrand,
        limits: PlatformLimits,
        work: UnitOfWork,
        now: datetime,
        notice: Notice,
    ) -> None:
        self._notice = notice
        # bound once: a line is thought of for every message, and mostly not written
        self._log_line = log.bind(platform=platform)
        self._brand = brand
        self._known = known
        self._platform = platform
        self._limits = limits
        self._forgotten: frozenset[PersonRef] = frozenset()
        self._work = work
        self._now = now
        self._members: dict[PersonRef, Member] = {}
        self._asked: dict[PersonRef, int] = {}
        self._authors: Mapping[MessageKey, PersonRef] = {}
        self._introduced: set[PersonRef] = set()
        self._replies: list[Queued] = []
        self._questions: list[Question] = []
        #: What those who pressed a button are told, by ticket, and the ratings that were given.
        self.told: dict[str, str] = {}
        self.rated: list[Rating] = []
        self._remarks: list[Remark] = []

    @property
    def left_to_do(self) -> tuple[str, ...]:
        """The workers that are to look, once this is committed."""
        return ("answer",) * bool(self._questions) + ("send",) * bool(self._replies)

    async def take(self, heard: Sequence[tuple[MemberEvent, Community | None]]) -> None:
        """Write down events, each with its community (None in a direct conversation), and what follows from them."""
        people = {person for event, _ in heard for person in people_in(event)}
        self._forgotten = await find_forgotten(people, self._known, work=self._work)
        self._members = await self._meet(people - self._forgotten)
        self._members |= {person: stranger(person) for person in self._forgotten}
        if self._brand.privacy.names == "all":
            await self._work.people.named(
                {event.author.ref: event.author.name for event, _ in heard if not isinstance(event, MessageDeleted)}
            )
        new = await self._log(heard)
        await self._answer_all(
            [
                (event, community)
                for event, community in heard
                if event.event_id in new and isinstance(event, (IncomingMessage, CommandGiven))
            ]
        )
        for event, community in heard:
            if event.event_id in new and isinstance(event, (ButtonPressed, ReactionGiven)):
                await self._choose(event, community)
        deleted_in = {
            community.key: None
            for event, community in heard
            if event.event_id in new and isinstance(event, MessageDeleted) and community is not None
        }
        await heed_removals(deleted_in, work=self._work, now=self._now)
        await self._work.outbox.add(self._replies)
        await self._work.questions.add(self._questions)
        await self._work.receptions.add_remarks(self._remarks)
        await self._work.people.introduced(self._introduced, self._now)

    async def _meet(self, people: Collection[PersonRef]) -> dict[PersonRef, Member]:
        """Return everybody as they are known, those never met before as new ones."""
        known = dict(await self._work.people.get(people))
        if new := [person for person in people if person not in known]:
            await self._work.people.met(new, self._now)
            # another process may have met one of them meanwhile, and been told more
            known |= await self._work.people.get(new)
        return known

    async def _log(self, heard: Sequence[tuple[MemberEvent, Community | None]]) -> frozenset[str]:
        """Log what was heard; return the ids of what is heard for the first time."""
        named = {message for event, _ in heard for message in messages_named(event)}
        authors = dict(await self._work.events.authors(self._platform, named))
        # a message and a reaction to it may come in one batch
        authors |= {
            (event.channel.channel, event.message_id): event.author.ref
            for event, _ in heard
            if isinstance(event, IncomingMessage)
        }
        self._authors = authors
        uncounted = {person for person, member in self._members.items() if not self._counts(member)}
        rows = [
            logged_event(event, community.key if community else "", authors=authors, uncounted=uncounted)
            for event, community in heard
            if not names_by_id(event, self._forgotten)
        ]
        return await self._work.events.add(self._platform, rows, self._texts_to_keep(heard))

    def _counts(self, member: Member) -> bool:
        if member.consent == "unknown":
            return self._brand.privacy.consent == "pseudonymous"
        return member.consent == "in"

    def _texts_to_keep(self, heard: Sequence[tuple[MemberEvent, Community | None]]) -> Mapping[str, str]:
        keep = self._brand.privacy.store_text
        if keep == "none":
            return {}
        return {
            event.event_id: event.text if keep == "full" else hashlib.sha256(event.text.encode()).hexdigest()
            for event, community in heard
            if isinstance(event, IncomingMessage) and community and self._counts(self._members[event.author.ref])
        }

    async def _answer_all(self, said: Sequence[tuple[IncomingMessage | CommandGiven, Community | None]]) -> None:
        addressed: list[tuple[IncomingMessage | CommandGiven, Community | None]] = []
        for event, community in said:
            silence = pass_over(event, community=community, brand=self._brand)
            if silence is None:
                addressed.append((event, community))
            else:
                self._tell(silence, event)
        askers = {event.author.ref for event, _ in addressed}
        self._asked = dict(await self._work.questions.asked_since(askers, self._now - FLOOD_WINDOW))
        for event, community in addressed:
            await self._answer(event, community)

    def _tell(self, hearing: Hearing, event: IncomingMessage | CommandGiven) -> None:
        self._log_line.debug("heard", decision=type(hearing).__name__, why=hearing.why)
        self._notice(f"{_DECISIONS[type(hearing)]}: {hearing.why}", event.channel, event.message_id)

    async def _choose(self, event: ButtonPressed | ReactionGiven, community: Community | None) -> None:
        """Do what somebody chose below a message, by its button or by the reaction that stands for it."""
        button_id = await find_button(event, work=self._work) if self._may_choose(event) else None
        if button_id is None:
            return
        choice = read_choice(button_id)
        who = event.author.ref
        taken = Taken(told=TextKey.CHOICE_IS_OLD)
        if choice is not None:
            keeps_vote = who not in self._forgotten and self._counts(self._members[who])
            taken = await take_choice(
                choice,
                who,
                event.channel,
                keeps_vote=keeps_vote,
                brand=self._brand,
                work=self._work,
                now=self._now,
            )
        if taken.call is not None:
            self._questions.append(taken.call)
        if taken.rated is not None:
            self.rated.append(taken.rated)
        log.debug("chosen", platform=self._platform, told=taken.told.name)
        if isinstance(event, ButtonPressed) and event.ticket is not None:
            state = self._state_of(who)
            language = reply_language(taken.language, community=community, member=state, brand=self._brand)
            self.told[event.ticket] = Wording(language).text(taken.told, brand=self._brand.name)

    def _may_choose(self, event: ButtonPressed | ReactionGiven) -> bool:
        """Whether it may be a choice: most reactions are none, and what a member wrote has no buttons."""
        if isinstance(event, ButtonPressed):
            return True
        return is_sign(event.emoji) and (event.message.channel.channel, event.message.id) not in self._authors

    async def _answer(self, event: IncomingMessage | CommandGiven, community: Community | None) -> None:
        state = self._state_of(event.author.ref)
        under = None
        if isinstance(event, IncomingMessage) and event.replies_to_bot and event.reply_to is not None:
            answered = await self._work.outbox.find_sent(event.reply_to.channel, event.reply_to.id)
            under = answered.kind if answered else None
            if community is not None and answered is not None:
                self._note_remark(event, community, event.reply_to)
        hearing = hear(event, community=community, brand=self._brand, member=state, under=under)
        self._tell(hearing, event)
        if not isinstance(hearing, StaySilent):
            text = event.text if isinstance(event, IncomingMessage) else event.arguments
            hint = state.language or (community.language if community else None) or event.author.language
            spoken = detect_language(text, self._brand.languages, hint=hint)
            language = reply_language(spoken, community=community, member=state, brand=self._brand)
            await self._act(hearing, event, community, state, language)

    def _note_remark(self, event: IncomingMessage, community: Community, about: MessageRef) -> None:
        kind = find_remark(event.text)
        if kind is not None and not event.author.is_bot:
            self._remarks.append(
                Remark(community=community.key, channel=about.channel, message_id=about.id, kind=kind, at=event.at)
            )

    async def _act(
        self,
        hearing: Ask | HandOver | RunCommand | Say,
        event: IncomingMessage | CommandGiven,
        community: Community | None,
        member: MemberState,
        language: str,
    ) -> None:
        who = event.author.ref
        wording = Wording(language)
        match hearing:
            case Ask(question=text):
                self._ask("ask", text, event, community, language, ask=hearing)
            case HandOver(about=text):
                self._ask("person", text, event, community, language)
            case RunCommand(name=name) if name in WORKED_OUT_LATER:
                self._ask(name, hearing.arguments, event, community, language)
            case RunCommand():
                said = await self._run(hearing, event, wording)
                self._reply(event, community, said, private=SPECS[hearing.name].private)
            case Say(text_key=key):
                said = compose_fixed(key, brand=self._brand, member=member, wording=wording)
                self._reply(event, community, said)
                self._introduced.add(who)
                if key is TextKey.FLOOD_NOTICE:
                    await self._work.people.told_of_flood(who, self._now)
                    self._members[who] = replace(self._members[who], flood_told_at=self._now)

    async def _run(
        self, command: RunCommand, event: IncomingMessage | CommandGiven, wording: Wording
    ) -> tuple[Span, ...]:
        """Do what a command asks for and return what to say."""
        who = event.author.ref
        match command.name:
            case "optin":
                await welcome_back(who, event.channel.channel, self._known, work=self._work)
                await self._work.people.set_consent(who, "in", name=event.author.name, at=self._now)
                return compose_consent("in", wording=wording)
            case "optout":
                await self._work.people.set_consent(who, "out", name=None, at=self._now)
                return compose_consent("out", wording=wording)
            case "forgetme":
                await forget_member(who, self._known, work=self._work, now=self._now)
                # nor what came in with the same batch
                self._questions = [question for question in self._questions if question.person != who]
                self._forgotten |= {who}
                return compose_forgotten(wording=wording)
            case "language":
                chosen = find_language(command.arguments, brand=self._brand)
                if chosen is not None:
                    await self._work.people.set_language(who, chosen)
                return compose_language(chosen, brand=self._brand, wording=wording)
            case "about":
                self._introduced.add(who)
                return compose_about(brand=self._brand, wording=wording)
            case _:
                self._introduced.add(who)
                return compose_help(brand=self._brand, direct=event.channel.direct, wording=wording)

    def _reply(
        self,
        event: IncomingMessage | CommandGiven,
        community: Community | None,
        spans: tuple[Span, ...],
        *,
        private: bool = False,
    ) -> None:
        to = Addressee.of(event, community.key if community else None)
        self._replies += reply_rows(to, spans, limits=self._limits, now=self._now, private=private)

    def _ask(
        self,
        command: str,
        text: str,
        event: IncomingMessage | CommandGiven,
        community: Community | None,
        language: str,
        *,
        ask: Ask | None = None,
    ) -> None:
        who = event.author.ref
        unasked = ask is not None and ask.unasked
        join_in = self._brand.answers.join_in
        wait = join_in.wait if unasked and join_in is not None else timedelta(0)
        self._asked[who] = self._asked.get(who, 0) + (not unasked)
        self._questions.append(
            Question(
                id=new_id(self._now),
                community=community.key if community else None,
                channel=event.channel,
                person=who,
                message_id=event.message_id,
                ticket=event.ticket if isinstance(event, CommandGiven) else None,
                command=command,
                text=text,
                language=language,
                only_if_known=ask is not None and ask.only_if_known,
                unasked=unasked,
                state="waiting",
                due_at=self._now + wait,
                asked_at=self._now,
            )
        )

    def _state_of(self, who: PersonRef) -> MemberState:
        member = self._members[who]
        return member_state(
            member, asked=self._asked.get(who, 0), now=self._now, introduced_now=who in self._introduced
        )
