"""Rows that stand in the store before a page is asked for: as the flows would have written them."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import PersonRef, Span
from bot.ports.answering import Citation
from bot.ports.records import Body, LoggedEvent, Outcome, Question, Queued, Toward
from tests.web.site import NOW, Desk

EVIL = "=1+1 <script>alert('x')</script>"


async def add_question(desk: Desk, text: str, *, person: str = "m-4711", direct: bool = False) -> None:
    """Let a member have asked something the bot did not know."""
    channel = desk.brand.communities["warung"].place.posts
    question = Question(
        id="q1",
        community=None if direct else "warung",
        channel=channel,
        person=PersonRef(platform="sandbox", id=person),
        message_id="m1",
        ticket=None,
        command="ask",
        text=text,
        language="id",
        only_if_known=False,
        state="waiting",
        due_at=NOW,
        asked_at=NOW - timedelta(minutes=5),
    )
    citation = Citation(source="faq", item="halal", title="Halal?", url=None, quote="Ya.")
    async with desk.store.work(desk.brand.id) as work:
        await work.questions.add([question])
        await work.questions.settle(question, Outcome(state="unsure", reason="not known", citations=(citation,)), NOW)
        await work.commit()


async def add_unknown_send(desk: Desk, text: str) -> str:
    """Let a send have been left uncertain; return its id."""
    channel = desk.brand.communities["warung"].place.posts
    queued = Queued(
        id="a-uncertain",
        community="warung",
        channel=channel,
        kind="post",
        body=Body(spans=(Span(text=text),)),
        created_at=NOW,
    )
    async with desk.store.work(desk.brand.id) as work:
        await work.outbox.add([queued])
        claimed = await work.outbox.claim(NOW, kinds=("post",), rates={}, lease=timedelta(seconds=90), most=1)
        await work.commit()
    async with desk.store.work(desk.brand.id) as work:
        await work.outbox.give_up(claimed[0], state="unknown", reason="no answer within 60 s")
        await work.commit()
    return queued.id


async def add_talk(desk: Desk, people: tuple[str, ...], *, consenting: dict[str, str]) -> None:
    """Let people have answered one another in turn; those in `consenting` may be named so."""
    refs = [PersonRef(platform="sandbox", id=person) for person in people]
    async with desk.store.work(desk.brand.id) as work:
        await work.people.met(refs, NOW - timedelta(days=2))
        for ref in refs:
            if ref.id in consenting:
                await work.people.set_consent(ref, "in", name=consenting[ref.id], at=NOW)
        events = [
            LoggedEvent(
                event_id=f"e{number}",
                kind="message",
                community="warung",
                channel="warung",
                at=NOW - timedelta(hours=number),
                author=refs[number % len(refs)],
                toward=(Toward(person=refs[(number + 1) % len(refs)], kind="reply"),),
                message_id=f"m{number}",
            )
            for number in range(3 * len(refs))
        ]
        await work.events.add("sandbox", events, {})
        await work.commit()
