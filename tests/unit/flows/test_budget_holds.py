"""Whatever members think of the bot, no community is posted to while its link budget is empty.

Posts, answers, reactions, removals and time come in any order; the account is reckoned up here a second time, by hand.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from bot.brand import AsPublished, LinkBudget
from bot.campaigns.etiquette import BUDGET_LOOK
from bot.clock import ReplayClock
from bot.flows.deliver_posts import DeliverPosts
from bot.flows.plan_campaigns import plan_campaigns
from bot.flows.receive_events import ReceiveEvents
from bot.flows.release_shares import release_shares
from bot.messages import MessageDeleted, MessageRef, Person, PersonRef, ReactionGiven, Span
from bot.ports.records import Body, Outcome, Question, Queued
from bot.store.database import SqlStore
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign, a_post
from tests.unit.conversation.sample import BRAND, GROUP
from tests.unit.flows.sample import LIMITS, Room, a_brand, save

Act: TypeAlias = Literal["publish", "answer", "praise", "dislike", "remove", "wait"]
SARI = PersonRef(platform="sandbox", id="sari")
BUDGETS = st.builds(
    LinkBudget,
    start=st.sampled_from([0, 1, 1.5, 3]),
    per_helpful_answer=st.sampled_from([0.5, 1]),
    per_bad_reception=st.sampled_from([-0.5, -1, -2]),
)
ACTS = st.lists(
    st.sampled_from(["publish", "publish", "answer", "praise", "praise", "dislike", "dislike", "remove", "wait"]),
    min_size=4,
    max_size=24,
)


class _Life:
    """A community, and what is known of it by hand."""

    def __init__(self, store: SqlStore, budget: LinkBudget) -> None:
        self._store, self._budget = store, budget
        self._clock = ReplayClock(NOW)
        self._room = Room()
        community = replace(COMMUNITY, link_budget=budget)
        self._brand = a_brand(a_campaign(when=AsPublished()), communities=[community])
        deliver = DeliverPosts(self._brand, store=store, platforms={"sandbox": self._room}, clock=self._clock)
        self._deliver = deliver
        self._receive = ReceiveEvents(self._brand, "sandbox", limits=LIMITS, store=store, clock=self._clock)
        self._number = 0
        #: Posts and answers nobody has judged yet, by the platform's message ids.
        self._fresh: dict[str, list[str]] = {"post": [], "answer": []}
        #: Every message in the order it was sent in, with what it has done to the account.
        self._entries: dict[str, float] = {}
        self.shared = 0

    @property
    def balance(self) -> float:
        """What the account holds: never less than nothing."""
        held = self._budget.start
        for entry in self._entries.values():
            held = max(0.0, held + entry)
        return held

    async def act(self, act: Act) -> None:
        """Let one thing happen, and the bot do what is due; whatever comes of it keeps to the account."""
        self._number += 1
        await self._clock.advance(self._clock.now() + timedelta(minutes=1), workers=0)
        match act:
            case "publish":
                now = self._clock.now()
                await save(self._store, a_post(f"p{self._number}", published_at=now, first_seen_at=now))
            case "answer":
                await self._answer()
            case "praise" if self._fresh["answer"]:
                await self._react(self._fresh["answer"].pop(), "👍", self._budget.per_helpful_answer)
            case "dislike" if self._fresh["post"]:
                await self._react(self._fresh["post"].pop(), "👎", self._budget.per_bad_reception)
            case "remove" if self._fresh["answer"]:
                await self._remove(self._fresh["answer"].pop())
            case _:
                await self._clock.advance(self._clock.now() + BUDGET_LOOK, workers=0)
        await self._work(self.balance)

    async def _work(self, balance: float) -> None:
        before = len(self._room.posts)
        await plan_campaigns(self._brand, store=self._store, clock=self._clock)
        await release_shares(self._brand, store=self._store, limits={"sandbox": LIMITS}, clock=self._clock)
        while await self._deliver():
            pass
        sent = [f"m-{post.id}" for post in self._room.posts[before:]]
        new = [message_id for message_id in sent if message_id not in self._fresh["answer"]]
        self._entries |= dict.fromkeys(sent, 0.0)
        self._fresh["post"] += new
        self.shared += len(new)
        if balance <= 0:
            assert new == []
        async with self._store.read(BRAND.id) as work:
            waiting = await work.shares.waiting()
        held = [share for share in waiting if share.until is None or share.until <= self._clock.now()]
        assert held == [], "what the account allows goes out as soon as it is looked at"
        if balance <= 0:
            assert all(share.reason.startswith("the link budget of warung is empty") for share in waiting)

    async def _answer(self) -> None:
        question = Question(
            id=f"q{self._number}", community="warung", channel=GROUP, person=SARI, message_id=None, ticket=None,
            command="ask", text="?", language="id", only_if_known=False, state="waiting", due_at=self._clock.now(),
            asked_at=self._clock.now(),
        )  # fmt: skip
        reply = Queued(
            id=f"a{self._number:04}", community="warung", channel=GROUP, kind="reply",
            body=Body(spans=(Span(text="Yes."),)), created_at=self._clock.now(), question_id=question.id,
        )  # fmt: skip
        async with self._store.work(BRAND.id) as work:
            await work.questions.add([question])
            assert await work.questions.settle(question, Outcome(state="answered", reason=""), self._clock.now())
            await work.outbox.add([reply])
            await work.commit()
        self._fresh["answer"].append(f"m-{reply.id}")

    async def _react(self, message_id: str, emoji: str, entry: float) -> None:
        given_now = ReactionGiven(
            event_id=f"e{self._number}",
            at=self._clock.now(),
            channel=GROUP,
            message=MessageRef(channel=GROUP, id=message_id, author=None),
            author=Person(ref=SARI, name="Sari"),
            emoji=emoji,
        )
        await self._receive((given_now,))
        self._entries[message_id] = entry

    async def _remove(self, message_id: str) -> None:
        gone = MessageDeleted(
            event_id=f"e{self._number}",
            at=self._clock.now(),
            channel=GROUP,
            message=MessageRef(channel=GROUP, id=message_id, author=None),
        )
        await self._receive((gone,))
        self._entries[message_id] = self._budget.per_bad_reception


async def _live(url: str, budget: LinkBudget, acts: list[Act]) -> tuple[int, float]:
    store = SqlStore(url)
    try:
        life = _Life(store, budget)
        await life.act("wait")
        for act in acts:
            await life.act(act)
        return life.shared, life.balance
    finally:
        await store.close()


def test_no_community_is_posted_to_while_its_budget_is_empty(file_with_tables: Path) -> None:
    """And what it allows goes out: neither is bought with the other."""

    @settings(max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(budget=BUDGETS, acts=ACTS)
    def holds(budget: LinkBudget, acts: list[Act]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = shutil.copy(file_with_tables, Path(folder) / "konektor.db")
            shared, balance = asyncio.run(_live(f"sqlite:///{path}", budget, acts))
        event(f"shared {bool(shared)}, empty in the end {balance <= 0}")

    holds()
