"""What the flows ask of the database: small groups of verbs over frozen records, all within one transaction.

Met by `bot.store` on SQLite and on PostgreSQL, held to one contract suite. A unit of work is bound to one brand and can
see no other; leaving it without `commit` takes everything back. Every method may raise StoreFault.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from bot.messages import ChannelRef, PersonRef
from bot.ports.platform import Heard
from bot.ports.records import (
    ArchivedRow,
    Consent,
    DeletedMessage,
    Draft,
    DraftState,
    Imported,
    Joined,
    KeyKind,
    KnownBrand,
    LedgerEntry,
    LoggedEvent,
    Member,
    Moved,
    Outcome,
    PastEvent,
    Pause,
    Post,
    Question,
    Queued,
    RateKey,
    Rating,
    Ratings,
    Received,
    Remark,
    SendState,
    SentMessage,
    Share,
    ShareState,
    Sighting,
    SourceState,
    StandingReaction,
    StrangePlace,
    Subscription,
    Taken,
    TieFields,
)


class EventLog(Protocol):
    """What happened in the communities, each event once."""

    async def add(self, platform: str, events: Sequence[LoggedEvent], texts: Mapping[str, str]) -> frozenset[str]:
        """Log them, with the texts to be kept by event id; return the ids of those that were not logged before.

        Of two transactions that add the same event at the same time one is told that it is new, the other waits and is
        told that it is not.
        """

    async def add_past(self, platform: str, events: Sequence[PastEvent]) -> int:
        """Log the events of a history, many at once; return how many were not logged before."""

    async def reactions_on(self, platform: str, messages: Collection[tuple[str, str]]) -> tuple[StandingReaction, ...]:
        """Return the reactions of known people that are on each (channel id, message id)."""

    async def authors(
        self, platform: str, messages: Collection[tuple[str, str]]
    ) -> Mapping[tuple[str, str], PersonRef]:
        """Return who wrote each (channel id, message id), as far as the log knows."""

    async def since(self, community: str | None, start: datetime) -> tuple[LoggedEvent, ...]:
        """Return a community's events (None: all communities') from `start`, oldest first."""

    def ties_since(self, community: str | None, start: datetime, until: datetime) -> AsyncIterator[Sequence[TieFields]]:
        """Give what people did toward each other after `start` and up to `until`, in portions, in no order."""

    async def deleted_since(self, community: str | None, start: datetime) -> frozenset[DeletedMessage]:
        """Return the messages deleted since `start`."""

    async def newest_messages(self, communities: Collection[str], start: datetime) -> Mapping[str, Heard]:
        """Return the newest message since `start` in each channel of these communities, by channel id."""

    async def last_written_at(self, community: str) -> datetime | None:
        """When a member last wrote in a community; None when nobody has, as far as the log goes back."""

    async def writers_by_hour(self, community: str, start: datetime, end: datetime) -> Mapping[datetime, int]:
        """Return how many different people wrote in a community in each full hour (its start, UTC) of a span of time.

        Hours in which nobody wrote are left out, and so is who may not be known.
        """

    async def answered_by_others(self, channel: ChannelRef, message_id: str, asker: PersonRef) -> bool:
        """Whether somebody other than the asker has replied to a message.

        A reply of somebody who does not count has no name: it is another's where the asker's own messages have one.
        """

    async def talk(self, community: str, channel: ChannelRef, start: datetime, most: int) -> tuple[LoggedEvent, ...]:
        """Return the messages written in a channel of a community since `start`, the newest `most` of them at most."""

    async def forget_before(self, moment: datetime) -> int:
        """Remove events older than `moment`; return how many."""


class People(Protocol):
    """The members the brand has met."""

    async def get(self, people: Collection[PersonRef]) -> Mapping[PersonRef, Member]:
        """Return those already met."""

    async def met(self, people: Collection[PersonRef], at: datetime) -> None:
        """Remember them as met, with nothing else known; those already met stay as they are."""

    async def named(self, names: Mapping[PersonRef, str]) -> None:
        """Keep the display names of members who have not said that they may not be named."""

    async def introduced(self, people: Collection[PersonRef], at: datetime) -> None:
        """Remember that these were told what the bot is."""

    async def told_of_flood(self, person: PersonRef, at: datetime) -> None:
        """Remember that this one was told of asking too much."""

    async def set_consent(self, person: PersonRef, consent: Consent, *, name: str | None, at: datetime) -> None:
        """Remember what a member said; `name` is kept only with it and None erases it."""

    async def set_language(self, person: PersonRef, language: str) -> None:
        """Remember the language a member chose."""

    async def all(self) -> tuple[Member, ...]:
        """Return everybody met."""


class Questions(Protocol):
    """What members asked, until it is settled."""

    async def add(self, questions: Sequence[Question]) -> None:
        """Add new ones."""

    async def asked_since(self, people: Collection[PersonRef], start: datetime) -> Mapping[PersonRef, int]:
        """Return how many each put to the bot since `start`; people who asked none are left out."""

    async def joined_since(self, community: str, start: datetime) -> tuple[Joined, ...]:
        """Return when and whom the bot answered unasked in a community since `start`, oldest first."""

    async def claim_due(self, now: datetime, *, lease: timedelta) -> Question | None:
        """Take one that is due for `lease`, or whose former worker's lease has run out; None when none is due."""

    async def orphan_all(self) -> None:
        """Give back those a worker had in hand, due when they were: for the start of a database's only process."""

    async def next_due(self) -> datetime | None:
        """When the next one is due; None when none is."""

    async def settle(self, question: Question, outcome: Outcome, at: datetime) -> bool:
        """Record how one ended, or how it waits on; False when it is another worker's by now.

        `question` is as `claim_due` gave it: its `due_at`, the end of the lease, is the fence.
        """

    async def get(self, question_id: str) -> Question | None:
        """Return one question; None if there is none of that id."""

    async def rate(self, question_id: str, person: PersonRef, verdict: Rating, at: datetime) -> None:
        """Keep what a member says of an answer, in place of what they said before."""

    async def ratings(self, start: datetime) -> Mapping[str, Ratings]:
        """Return how the answers to questions asked since `start` were rated, by question id; unrated are left out."""

    async def call_person(self, question_id: str, at: datetime) -> bool:
        """Remember that a member asked for a person below an answer; False when somebody had done so before.

        One whose answer was not known is settled by it: its own hand-over, later, is not needed any more.
        """

    async def recent(self, start: datetime) -> tuple[tuple[Question, Outcome], ...]:
        """Return those asked since `start` with how they stand, oldest first."""

    async def forget_before(self, moment: datetime) -> int:
        """Remove settled ones older than `moment`; return how many."""


class Feeds(Protocol):
    """Feeds as last read, and the posts they brought."""

    async def state(self, source: str) -> SourceState | None:
        """Return where the reading of a feed stands; None before it was tried."""

    async def states(self) -> Mapping[str, SourceState]:
        """Return where the reading of every feed that was ever tried stands, by source."""

    async def save_state(self, state: SourceState) -> None:
        """Remember where the reading of a feed stands."""

    async def save_states(self, states: Sequence[SourceState]) -> None:
        """Do what `save_state` does for many."""

    async def hold(self) -> None:
        """Let no other transaction that holds them add posts of the brand until this one ends: waits for its turn.

        What `find` returns after it stays true: two readers of the same item would both find it new otherwise.
        """

    async def find(self, evidence: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """Return the post id each known (kind, value) of evidence belongs to."""

    async def posts(self, post_ids: Collection[str] | None = None) -> tuple[Post, ...]:
        """Return these posts, or all of the brand's, oldest first by when they were published or first seen."""

    async def save_post(self, post: Post, evidence: Collection[tuple[str, str]], sighting: Sighting) -> None:
        """Add a post or its correction, all its evidence, and the verdict with its reason."""

    async def save_posts(self, seen: Sequence[tuple[Post, Collection[tuple[str, str]], Sighting]]) -> None:
        """Do what `save_post` does for many; a post whose verdict is `same` is left as it stands."""

    async def extent(self) -> tuple[int, int, int]:
        """Return how many posts and verdicts there are, and all corrections: other numbers whenever one is added."""

    async def of_source(self, source: str) -> tuple[Post, ...]:
        """Return the posts ever seen in a source, oldest first by when they were published or first seen."""

    async def of_sources(self, sources: Collection[str]) -> tuple[Post, ...]:
        """Return the posts ever seen in any of these, each once, in the same order."""

    async def candidates(
        self, sources: Collection[str], community: str, *, shared_by: str | None, began_at: datetime, old: bool
    ) -> tuple[Post, ...]:
        """Return the posts of these sources that may still be shared in a community, in the same order.

        Left out is what has a share there (`shared_by`: one of this campaign), and what was there before `began_at`.
        With `old` the latter comes too, shared or not, since a backlog counts all of it.
        """

    async def sightings(self, source: str | None = None) -> tuple[Sighting, ...]:
        """Return the last verdict about each post of a source (or of all), newest first."""


class Subscriptions(Protocol):
    """What the hubs of feeds have agreed to, one for each source."""

    async def all(self) -> Mapping[str, Subscription]:
        """Return every subscription by source."""

    async def get(self, source: str) -> Subscription | None:
        """Return the subscription of a source; None when its feed names no hub."""

    async def offer(self, source: str, *, hub: str, topic: str, now: datetime) -> None:
        """Remember the hub a feed names, to be asked now; what another hub or topic had agreed to is gone."""

    async def drop(self, source: str) -> None:
        """Forget a subscription; does nothing when there is none."""

    async def claim_due(self, now: datetime, *, next_at: datetime) -> tuple[Subscription, ...]:
        """Return those to be asked now; each is asked again at `next_at`, unless it confirms. None comes twice."""

    async def next_at(self) -> datetime | None:
        """Return when the next hub is to be asked; None for never."""

    async def confirm(self, source: str, *, until: datetime | None, next_at: datetime) -> None:
        """Remember until when a hub pushes (None: it does not) and when it is asked next."""

    async def pushed(self, source: str, now: datetime) -> None:
        """Remember that there are news to be read."""

    async def served(self, source: str, began_at: datetime) -> None:
        """Take it that news were read which were pushed before a reading began; later ones still wait."""


class Shares(Protocol):
    """Campaign slots and the posts on their way to communities."""

    async def started_at(self, campaign: str, community: str, now: datetime) -> datetime:
        """When the campaign began in the community: `now`, kept, on the first call."""

    async def began_at(self, campaign: str, community: str) -> datetime | None:
        """When the campaign began in the community; None while it has not. Writes nothing."""

    async def last_slot_at(self, campaign: str, community: str | None) -> datetime | None:
        """The nominal moment of the last slot decided (of one community where each has its own); None before any."""

    async def decide_slot(self, entry: LedgerEntry) -> bool:
        """Enter a slot in the ledger; False when it was decided before, by whichever process."""

    async def describe_slot(self, campaign: str, slot: str, detail: str) -> None:
        """Say what came of a slot this transaction has decided."""

    async def ledger(self, start: datetime) -> tuple[LedgerEntry, ...]:
        """Return the slots decided since `start`, oldest first."""

    async def shared_posts(self, community: str, among: Collection[str] | None = None) -> Mapping[str, frozenset[str]]:
        """Return the campaigns that have a share of each post (`among`: of these) in a community, by post id."""

    async def digested_posts(self, campaign: str, community: str) -> frozenset[str]:
        """Return the posts that digests of a campaign have told a community of, or are about to."""

    async def add(self, share: Share, *, again: bool = False) -> bool:
        """Add a share; False when this revision has one in the community already (`again`: from this campaign).

        A digest is unique by its campaign and slot, an announcement by its id.
        """

    async def to_release(self, now: datetime) -> tuple[Share, ...]:
        """Return the drafts, and the held ones whose time has come, oldest first, locked until the end of the work.

        One transaction at a time: whoever asks meanwhile waits, and then counts what this one has let out.
        """

    async def waiting(self) -> tuple[Share, ...]:
        """Return every draft and held share, oldest first."""

    async def next_release(self) -> datetime | None:
        """When the next draft or held share is to be looked at (a draft: since it was made); None when none waits."""

    async def move(
        self,
        share_id: str,
        state: ShareState,
        *,
        reason: str,
        until: datetime | None,
        at: datetime,
        revision: int | None = None,
        lull_since: datetime | None = None,
    ) -> None:
        """Move a share to another state, with the reason; `revision` is the version let out, where it is."""

    async def any_outdated(self) -> bool:
        """Whether `outdated` would return any; takes no lock."""

    async def outdated(self) -> tuple[tuple[Share, Post], ...]:
        """Return the shares of which an older version of their post stands in the community, with the post.

        Those of which a part is still on its way are left out until it has arrived. Locked until the end of the work.
        """

    async def corrected(self, share_id: str, *, revision: int, reason: str, at: datetime) -> None:
        """Remember which version of its post a share shows from now on, and what became of the correction."""

    async def get(self, share_id: str) -> Share | None:
        """Return a share; None when there is none of that id."""

    async def count_click(self, share_id: str) -> None:
        """Count that somebody followed a link of a share; does nothing while it is not let out."""

    async def campaign_of(self, share_id: str) -> str | None:
        """Return the campaign a share belongs to."""

    async def let_out_between(self, community: str, start: datetime, end: datetime) -> int:
        """How many shares a community must reckon with in a span of time (start included, end not).

        Those let out in it, those let out before and arrived in it, and those that are still on their way.
        """

    async def last_out_at(self, community: str, now: datetime) -> datetime | None:
        """When a share was last let out to a community or arrived there, the later; `now` while one is on its way.

        None before the first.
        """

    async def count_removed(self, community: str, start: datetime) -> int:
        """Return how many shares of a community stand there no more: a message of theirs was deleted since `start`.

        Those that were taken back on the brand's side do not count.
        """

    async def recent(self, start: datetime) -> tuple[Share, ...]:
        """Return the shares made or moved since `start`, oldest first."""


class Receptions(Protocol):
    """What members did with what the bot has said."""

    async def add_remarks(self, remarks: Sequence[Remark]) -> None:
        """Remember remarks; a second of one kind about one message changes nothing."""

    async def since(self, community: str, start: datetime) -> tuple[Received, ...]:
        """Return the posts and answers sent to a community since `start`, oldest first, with what came of each.

        An answer is a reply to a question that was answered; fixed replies and answers to commands are left out.
        """

    async def departures_since(self, community: str, start: datetime) -> tuple[datetime, ...]:
        """Return when members have left a community since `start`, oldest first."""

    async def forget_before(self, moment: datetime) -> int:
        """Let go of remarks older than `moment`; return how many."""


class Drafts(Protocol):
    """What editors are shown of shares before they go out, version by version."""

    async def add(self, new: Draft) -> None:
        """Add a version."""

    async def newest(self, share_ids: Collection[str]) -> Mapping[str, Draft]:
        """Return the last version of each of these shares that has any."""

    async def waiting(self) -> tuple[Draft, ...]:
        """Return what waits for a decision, oldest first."""

    async def decided_since(self, start: datetime) -> tuple[Draft, ...]:
        """Return what was decided since `start`, newest first."""

    async def decide(self, found: Draft, state: DraftState, *, by: str, reason: str, at: datetime) -> bool:
        """Settle a version that waits; False when somebody was quicker."""

    async def find_announced(self, outbox_id: str) -> Draft | None:
        """Return the version that a message of the outbox shows; None if it shows none."""

    async def states(self, campaign: str, community: str) -> frozenset[DraftState]:
        """Return what became of all drafts of a campaign in a community; `waiting` for those that really still wait."""


class Outbox(Protocol):
    """Messages on their way out. One lane per channel and kind; only a lane's head may be sent."""

    async def add(self, messages: Sequence[Queued]) -> None:
        """Queue them, each at the end of its lane."""

    async def claim(
        self,
        now: datetime,
        *,
        kinds: Collection[str],
        rates: Mapping[str, Sequence[RateKey]],
        lease: timedelta,
        most: int,
        ahead: timedelta = timedelta(0),
        lead: timedelta = timedelta(0),
    ) -> tuple[Queued, ...]:
        """Take up to `most` heads of lanes whose time has come, as `sending`, for `lease`.

        `rates` gives a platform's limits by name; a key containing `{channel}` counts per channel. What a limit holds
        back stays, and its lane is looked at again when the limit allows. Never two of one lane, never one that a
        living lease holds; what is past its usefulness comes back as `dropped` instead of `sending`. A send that the
        limits allow within `ahead` is taken too, its place in their rhythm spent: `not_before` says when it may go.
        Where an account has to keep an even rhythm, no place is given that comes within `lead`, which is how long the
        claim itself may take.
        """

    async def next_due(
        self, *, rates: Mapping[str, Sequence[RateKey]] = MappingProxyType({}), ahead: timedelta = timedelta(0)
    ) -> datetime | None:
        """When a claim finds something to look at next; None when nothing waits.

        With `rates` and `ahead` as for `claim`: what the limits of its account hold back is not worth a look.
        """

    async def sent(self, message: Queued, *, channel: ChannelRef, message_id: str, at: datetime) -> None:
        """Record that the platform took it; see `sent_all`."""

    async def sent_all(self, taken: Sequence[Taken]) -> None:
        """Record that the platform took these, each unless another attempt has begun since or a person has decided.

        One that is `unknown` by now, because its answer came late, becomes sent after all, and the parts of its text
        that were held go on.
        """

    async def retry(
        self, message: Queued, *, not_before: datetime, reason: str, uncertain_since: datetime | None = None
    ) -> None:
        """Put it back at the head of its lane; `uncertain_since` when it may have been sent all the same."""

    async def postpone(self, message: Queued, *, not_before: datetime, reason: str) -> None:
        """Put it back at the head of its lane as if its send had not been begun."""

    async def hold_back(self, rates: Sequence[RateKey], *, until: datetime, channel: ChannelRef | None) -> None:
        """Let nothing out before `until`, in any process: into `channel`, or with None of the whole account.

        `rates` are the platform's limits; without one that counts per channel a channel cannot be held.
        """

    async def give_up(self, message: Queued, *, state: str, reason: str) -> None:
        """Settle it as failed, unknown or dropped, with the reason; its lane goes on."""

    async def abandoned(self, now: datetime) -> tuple[Queued, ...]:
        """Return those left `sending` by a worker whose lease has run out."""

    async def any_abandoned(self, now: datetime) -> bool:
        """Whether `abandoned` would return any; takes no lock."""

    async def orphan_all(self, now: datetime) -> None:
        """End every lease: for the start of the only process on a database."""

    async def sent_of_share(self, share_id: str) -> tuple[Queued, ...]:
        """Return the messages of a share that the platform took, in the order of the text.

        Each with the channel it stands in and with what it says by now, edits included.
        """

    async def supersede(self, share_id: str, *, reason: str) -> frozenset[str]:
        """Drop the edits of a share that wait, because later words take their place; return which messages' those."""

    async def find_sent(self, channel: ChannelRef, message_id: str) -> SentMessage | None:
        """Return which of the bot's messages a platform's message id is; None if it is none of them."""

    async def sent_since(self, start: datetime) -> tuple[Queued, ...]:
        """Return what was sent since `start`, oldest first."""

    async def unsettled(self) -> tuple[Queued, ...]:
        """Return what waits, failed or is unknown, oldest first."""

    async def count_unsettled(self) -> Mapping[SendState, int]:
        """Return how many wait, failed or are unknown, by state; a state nothing is in is left out."""

    async def resend(self, outbox_id: str, make_id: Callable[[], str], at: datetime) -> tuple[str, ...]:
        """Queue a failed or unknown message anew at the end of its lane, with the parts of its text behind it.

        Each gets a new id, since it may stand on the platform under the old one. Returns the new ids; () when the
        message is neither failed nor unknown.
        """

    async def drop(self, outbox_id: str, reason: str) -> bool:
        """Settle a failed, unknown, held or waiting message as dropped, the parts after it as well; False otherwise."""

    async def get(self, outbox_id: str) -> Queued | None:
        """Return one message; None if there is none of that id."""


class Pauses(Protocol):
    """The emergency stop, which every claim and every slot reads."""

    async def all(self, now: datetime) -> tuple[Pause, ...]:
        """Return what is paused at `now`: what has ended by itself is left out."""

    async def add(self, pause: Pause) -> None:
        """Pause something; already paused is left as it is, a pause that had ended by `pause.since` is replaced."""

    async def remove(self, scope: str, key: str) -> bool:
        """Let it go on; False when it was not paused."""


class Forgetting(Protocol):
    """Everything about one person, handed over or erased; and who is never to be brought back.

    Whoever asked to be forgotten is remembered by a digest alone (`bot.engagement.pseudonym.forget_digest`).
    """

    async def digests(self) -> frozenset[str]:
        """Return the digests of everybody who is to stay forgotten."""

    async def dated_digests(self) -> Mapping[str, datetime]:
        """Return the same with when each asked."""

    async def everybody(self) -> frozenset[PersonRef]:
        """Return everybody named anywhere, in however long a history."""

    async def listed(self, digests: Collection[str]) -> frozenset[str]:
        """Return those of `digests` that are to stay forgotten."""

    async def list_digest(self, digest: str, at: datetime) -> None:
        """Keep somebody forgotten from now on."""

    async def unlist(self, digest: str) -> None:
        """Let somebody come back; one who is not listed is no matter."""

    async def find_people(self, person: str) -> tuple[PersonRef, ...]:
        """Return who is known by an id, on whatever platform."""

    async def direct_channels(self, person: PersonRef) -> tuple[ChannelRef, ...]:
        """Return where they may have talked with the bot alone."""

    async def everything_about(self, person: PersonRef) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """Return every row about a person as it is kept.

        The keys are `member`, `events` (theirs), `toward_them` (others' events aimed at them), `questions`, `ratings`
        (what they said of answers) and `messages_to_them`.
        """

    async def erase(self, person: PersonRef) -> Mapping[str, int]:
        """Remove them from every table; return how many rows were removed or changed, by the keys above.

        Messages to them that are still to be sent go too.
        """

    async def latest(self) -> datetime | None:
        """Return when somebody last asked to be forgotten; None when nobody did."""

    async def settled_askers(self) -> tuple[PersonRef, ...]:
        """Return who asked the questions that are settled."""

    async def settled_direct(self) -> tuple[ChannelRef, ...]:
        """Return the direct conversations into which something was sent, or failed to be."""

    async def erase_settled(self, channel: ChannelRef) -> int:
        """Remove what was sent into a direct conversation; what is still on its way stays. Return how many."""


class Archive(Protocol):
    """Everything of a brand in one piece, to be kept elsewhere and put back.

    Left out is who asked to be forgotten, which must outlive every backup, and what is worth nothing tomorrow.
    """

    @property
    def revision(self) -> str:
        """The newest migration this version knows: rows of another are not taken."""

    def rows(self) -> AsyncIterator[ArchivedRow]:
        """Yield every row, as of one moment when this unit of work only reads."""

    async def replace(self, rows: Iterable[ArchivedRow]) -> None:
        """Put rows in the place of everything there is; raises ArchiveRefused for what does not fit."""

    async def leave_unsaid(self, reason: str, at: datetime) -> int:
        """Settle what was still to be sent or answered: posts become unknown, replies and questions are let go.

        Shares that were still to be sent are skipped, and the next reading of each feed counts as its first: what it
        finds is not shared unasked. Return how many posts became unknown.
        """


class Imports(Protocol):
    """Which histories were taken in, and on what basis."""

    async def save(self, imported: Imported) -> None:
        """Remember an import, or how far it came."""

    async def all(self) -> tuple[Imported, ...]:
        """Return every import, oldest first."""


class Leases(Protocol):
    """What only one process at a time may do."""

    async def take(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew a lease for `owner`; False while another's has not run out."""

    async def give_back(self, name: str, owner: str) -> None:
        """Let another take it at once; nothing happens when it is not the owner's."""

    async def held(self, now: datetime) -> tuple[str, ...]:
        """Return the names of the leases that somebody has, in their order."""


class Allowances(Protocol):
    """How often something may be done, over all processes."""

    async def take(self, rates: Sequence[RateKey], now: datetime) -> datetime:
        """Count it once under each of `rates` and return `now`; or count nothing and return when it may be done."""


class Keys(Protocol):
    """The configuration's keys in all rows."""

    async def rename(self, kind: KeyKind, old: str, new: str) -> int:
        """Let the history of `old` go on under `new`; return how many rows were moved, 0 when it was done before."""


class Moves(Protocol):
    """Channels that have a new address."""

    async def all(self) -> tuple[Moved, ...]:
        """Return every move, oldest first; each leads to where the channel is by now."""

    async def record(self, moved: Moved) -> bool:
        """Remember a move; return whether it is news.

        What is not sent yet, and what is not answered yet, goes to the new address, without a reference to a message of
        the old one; also what was addressed to the old one after the move was first recorded. What was said there stays
        under it.
        """


class Places(Protocol):
    """Places of no community of the configuration, in which the bot was spoken to."""

    async def meet(self, where: ChannelRef, now: datetime, *, again_after: timedelta) -> bool:
        """Return whether a place (its platform and space) is to be told that nothing is set up there.

        It then counts as told at `now`, and for `again_after` it is not told again, also not by another process.
        """

    async def all(self) -> tuple[StrangePlace, ...]:
        """Return them, the one told last first."""


class Vectors(Protocol):
    """What embedders made of the brand's material, by the digest of the text: nothing else about the text is kept."""

    async def all(self, embedder: str) -> Mapping[str, bytes]:
        """Return every vector an embedder made, by digest."""

    async def add(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        """Keep them by digest; those already kept are left as they are."""

    async def remove(self, embedder: str, digests: Collection[str]) -> None:
        """Let go of these."""

    async def forget_other_embedders(self, embedders: Collection[str]) -> None:
        """Let go of the vectors of every embedder but these."""


class UnitOfWork(Protocol):
    """One transaction over one brand's rows."""

    @property
    def events(self) -> EventLog:
        """What happened."""

    @property
    def people(self) -> People:
        """Who was met."""

    @property
    def questions(self) -> Questions:
        """What was asked."""

    @property
    def feeds(self) -> Feeds:
        """What was read."""

    @property
    def shares(self) -> Shares:
        """What is to be shared."""

    @property
    def archive(self) -> Archive:
        """All of it, for backups."""

    @property
    def receptions(self) -> Receptions:
        """How what was sent was received."""

    @property
    def drafts(self) -> Drafts:
        """What editors are shown."""

    @property
    def outbox(self) -> Outbox:
        """What is to be sent."""

    @property
    def leases(self) -> Leases:
        """Who does what only one may do."""

    @property
    def subscriptions(self) -> Subscriptions:
        """Hubs of feeds."""

    @property
    def allowances(self) -> Allowances:
        """How often something may be done."""

    @property
    def keys(self) -> Keys:
        """What history hangs on."""

    @property
    def pauses(self) -> Pauses:
        """What is stopped."""

    @property
    def forgetting(self) -> Forgetting:
        """Who is to be forgotten."""

    @property
    def imports(self) -> Imports:
        """What history was taken in."""

    @property
    def places(self) -> Places:
        """Where the bot was spoken to without being set up."""

    @property
    def moves(self) -> Moves:
        """Channels that have a new address."""

    @property
    def vectors(self) -> Vectors:
        """What texts mean, as numbers."""

    async def commit(self) -> None:
        """Make everything done so far last. A unit of work is over after it."""


class Transactions(Protocol):
    """What a flow needs of the database."""

    def work(self, brand_id: str) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a transaction that writes."""

    def read(self, brand_id: str) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a transaction that only reads, on one snapshot."""


class Store(Transactions, Protocol):
    """The database of the service."""

    async def open(self) -> None:
        """Connect and bring the tables up to date; raises StoreFault saying what to do."""

    def rehearse(self) -> AbstractAsyncContextManager[Transactions]:
        """Give a store in which everything happens and nothing lasts: it sees its own writes until it is left."""

    async def remember_brand(self, brand_id: str, name: str, *, given: bool, now: datetime) -> KnownBrand:
        """Return the brand under `brand_id` if `given`, else as the only brand known so far, or as a new one."""

    async def hold_alone(self) -> bool:
        """Keep a second service off a database that only one may serve, and return whether it is such a one.

        Raises StoreFault when another service is there.
        """

    async def leave_no_trace(self) -> None:
        """Make what was removed unreadable in the database's files too, where they are ours to rewrite.

        On SQLite the file is written anew, which takes a moment per hundred megabytes; elsewhere the database's own
        clearing up does it.
        """

    async def wake_on_changes(self, brand_id: str, wake: Callable[[], None]) -> None:
        """Call `wake` whenever another process may have written something to do, until cancelled.

        Returns at once where the database cannot tell: then rows are found by looking.
        """

    async def close(self) -> None:
        """Close every connection."""
