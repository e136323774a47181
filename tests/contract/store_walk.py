"""Every method of every store port, called once on rows that two brands call by the same names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

from bot.messages import ChannelRef, PersonRef
from bot.ports.records import ArchivedRow, Imported, Moved, PastEvent, Pause, RateKey, Remark, Taken, TieFields
from bot.ports.store import UnitOfWork
from tests.contract.store_sample import (
    BUDI,
    GROUP,
    LEASE,
    NOW,
    SARI,
    a_draft,
    a_message,
    a_post,
    a_question,
    a_share,
    a_sighting,
    a_source_state,
    an_entry,
    an_event,
    an_outcome,
    channel,
    later,
)

Call: TypeAlias = Callable[[UnitOfWork], Awaitable[Any]]

_PIECE = ("guid", "1")
#: Somebody who asked to be forgotten, whose id stands in no other row.
_EKA = PersonRef(platform="chat", id="eka")
_ALONE = ChannelRef(platform="chat", space="eka", channel="eka", direct=True)


async def _ties(work: UnitOfWork) -> list[TieFields]:
    return [row async for rows in work.events.ties_since(None, later(-99), NOW) for row in rows]


async def _archived(work: UnitOfWork) -> list[ArchivedRow]:
    return [row async for row in work.archive.rows()]


#: What only looks. Each finds something once `WRITES` have run.
READS: dict[str, Call] = {
    "events.authors": lambda work: work.events.authors("chat", [("warung", "m-e1")]),
    "events.since": lambda work: work.events.since(None, NOW),
    "events.reactions_on": lambda work: work.events.reactions_on("chat", [("warung", "m-liked")]),
    "events.ties_since": _ties,
    "events.deleted_since": lambda work: work.events.deleted_since(None, NOW),
    "events.newest_messages": lambda work: work.events.newest_messages(["warung"], NOW),
    "events.last_written_at": lambda work: work.events.last_written_at("warung"),
    "events.talk": lambda work: work.events.talk("warung", GROUP, NOW, 10),
    "events.writers_by_hour": lambda work: work.events.writers_by_hour("warung", NOW, later(9)),
    "events.answered_by_others": lambda work: work.events.answered_by_others(GROUP, "m-e1", SARI),
    "archive.rows": _archived,
    "forgetting.everybody": lambda work: work.forgetting.everybody(),
    "forgetting.dated_digests": lambda work: work.forgetting.dated_digests(),
    "leases.held": lambda work: work.leases.held(NOW),
    "people.get": lambda work: work.people.get([SARI]),
    "people.all": lambda work: work.people.all(),
    "questions.asked_since": lambda work: work.questions.asked_since([SARI], NOW),
    "questions.joined_since": lambda work: work.questions.joined_since("warung", NOW),
    "questions.next_due": lambda work: work.questions.next_due(),
    "questions.recent": lambda work: work.questions.recent(NOW),
    "questions.get": lambda work: work.questions.get("q1"),
    "questions.ratings": lambda work: work.questions.ratings(NOW),
    "feeds.state": lambda work: work.feeds.state("blog"),
    "feeds.states": lambda work: work.feeds.states(),
    "feeds.of_sources": lambda work: work.feeds.of_sources(["blog"]),
    "feeds.candidates": lambda work: work.feeds.candidates(
        ["blog"], "pasar", shared_by=None, began_at=later(-9), old=True
    ),
    "feeds.extent": lambda work: work.feeds.extent(),
    "feeds.find": lambda work: work.feeds.find([_PIECE]),
    "feeds.posts": lambda work: work.feeds.posts(),
    "feeds.of_source": lambda work: work.feeds.of_source("blog"),
    "feeds.sightings": lambda work: work.feeds.sightings(),
    "shares.began_at": lambda work: work.shares.began_at("news", "warung"),
    "shares.last_slot_at": lambda work: work.shares.last_slot_at("news", None),
    "shares.ledger": lambda work: work.shares.ledger(NOW),
    "shares.shared_posts": lambda work: work.shares.shared_posts("warung"),
    "shares.digested_posts": lambda work: work.shares.digested_posts("weekly", "warung"),
    "shares.count_removed": lambda work: work.shares.count_removed("warung", NOW),
    "shares.last_out_at": lambda work: work.shares.last_out_at("warung", NOW),
    "shares.any_outdated": lambda work: work.shares.any_outdated(),
    "shares.outdated": lambda work: work.shares.outdated(),
    "shares.to_release": lambda work: work.shares.to_release(later(60)),
    "shares.waiting": lambda work: work.shares.waiting(),
    "shares.next_release": lambda work: work.shares.next_release(),
    "shares.get": lambda work: work.shares.get("s1"),
    "shares.campaign_of": lambda work: work.shares.campaign_of("s1"),
    "shares.let_out_between": lambda work: work.shares.let_out_between("warung", NOW, later(60)),
    "shares.recent": lambda work: work.shares.recent(NOW),
    "receptions.since": lambda work: work.receptions.since("warung", NOW),
    "receptions.departures_since": lambda work: work.receptions.departures_since("warung", NOW),
    "drafts.newest": lambda work: work.drafts.newest(["s1"]),
    "drafts.waiting": lambda work: work.drafts.waiting(),
    "drafts.decided_since": lambda work: work.drafts.decided_since(NOW),
    "drafts.find_announced": lambda work: work.drafts.find_announced("o1"),
    "drafts.states": lambda work: work.drafts.states("news", "warung"),
    "outbox.next_due": lambda work: work.outbox.next_due(),
    "outbox.abandoned": lambda work: work.outbox.abandoned(later(90)),
    "outbox.any_abandoned": lambda work: work.outbox.any_abandoned(later(90)),
    "outbox.find_sent": lambda work: work.outbox.find_sent(GROUP, "m-o1"),
    "outbox.sent_since": lambda work: work.outbox.sent_since(NOW),
    "outbox.sent_of_share": lambda work: work.outbox.sent_of_share("s4"),
    "outbox.unsettled": lambda work: work.outbox.unsettled(),
    "outbox.count_unsettled": lambda work: work.outbox.count_unsettled(),
    "outbox.get": lambda work: work.outbox.get("o1"),
    "subscriptions.all": lambda work: work.subscriptions.all(),
    "subscriptions.get": lambda work: work.subscriptions.get("blog"),
    "subscriptions.next_at": lambda work: work.subscriptions.next_at(),
    "vectors.all": lambda work: work.vectors.all("e5"),
    "pauses.all": lambda work: work.pauses.all(NOW),
    "moves.all": lambda work: work.moves.all(),
    "places.all": lambda work: work.places.all(),
    "forgetting.digests": lambda work: work.forgetting.digests(),
    "forgetting.listed": lambda work: work.forgetting.listed(["d1"]),
    "forgetting.latest": lambda work: work.forgetting.latest(),
    "forgetting.find_people": lambda work: work.forgetting.find_people("sari"),
    "forgetting.direct_channels": lambda work: work.forgetting.direct_channels(BUDI),
    "forgetting.everything_about": lambda work: work.forgetting.everything_about(SARI),
    "forgetting.settled_askers": lambda work: work.forgetting.settled_askers(),
    "forgetting.settled_direct": lambda work: work.forgetting.settled_direct(),
    "imports.all": lambda work: work.imports.all(),
}


async def _subscribe(work: UnitOfWork, *, words: str) -> None:
    for source in ("blog", "shop"):
        await work.subscriptions.offer(source, hub="https://hub.example", topic=words, now=NOW)
    await work.subscriptions.drop("shop")
    assert len(await work.subscriptions.claim_due(NOW, next_at=later(60))) == 1
    await work.subscriptions.confirm("blog", until=later(60), next_at=later(30))
    await work.subscriptions.pushed("blog", NOW)
    await work.subscriptions.served("blog", later(-1))


async def write_everything(work: UnitOfWork, *, words: str) -> set[str]:
    """Call every method that writes, leaving rows that say `words`; return the names of those methods."""
    await _start_over(work, words=words)
    await work.events.add(
        "chat", [an_event("e1", emoji=words), an_event("e2", author=BUDI, reply_to="m-e1")], {"e1": words}
    )
    await work.events.add("chat", [an_event("e3", kind="delete")], {})
    liked = PastEvent(
        "e4", "reaction", "warung", "warung", NOW, "budi", (("sari", "reaction"),), "m-liked", None, words
    )
    assert await work.events.add_past("chat", [liked]) == 1
    await work.events.add("chat", [an_event("e5", author=BUDI, community="", channel="budi-alone")], {})
    assert await work.events.forget_before(NOW) == 1
    await work.people.met([SARI], NOW)
    await work.people.named({SARI: words})
    await work.people.introduced([SARI], NOW)
    await work.people.told_of_flood(SARI, NOW)
    await work.people.set_language(SARI, words)
    await work.people.set_consent(SARI, "in", name=words, at=NOW)
    await _ask(work, words=words)
    await work.feeds.save_state(a_source_state(etag=words))
    await work.feeds.save_states([a_source_state(etag=words)])
    await work.feeds.hold()
    await work.feeds.save_post(a_post("p1", title=words), [_PIECE], a_sighting("p1", reason=words))
    await work.feeds.save_posts([(a_post("p1", title=words), [_PIECE], a_sighting("p1", reason=words))])
    await _subscribe(work, words=words)
    assert await work.shares.started_at("news", "warung", NOW) == NOW
    assert await work.shares.decide_slot(an_entry())
    await work.shares.describe_slot("news", an_entry().slot, words)
    assert await work.shares.add(a_share("s1", reason=words))
    assert await work.shares.add(a_share("s2", post_id="p2"))
    await work.shares.move("s2", "queued", reason=words, until=None, at=NOW)
    await work.shares.count_click("s2")
    await _show_drafts(work, words=words)
    await _write_outbox(work, words=words)
    await _receive(work, words=words)
    await _correct_a_share(work, words=words)
    await _forget(work, words=words)
    await _take_turns(work, words=words)
    assert await work.keys.rename("source", "shop", "store") == 0
    await work.vectors.add("e5", {"d1": words.encode(), "d2": b"2"})
    await work.vectors.add("old", {"d1": b"1"})
    await work.vectors.remove("e5", ["d2"])
    await work.vectors.forget_other_embedders(["e5"])
    await _pause_and_move(work, words=words)
    return {
        *("events.add", "events.forget_before"),
        *(
            "people.met",
            "people.named",
            "people.introduced",
            "people.told_of_flood",
            "people.set_language",
            "people.set_consent",
        ),
        *("questions.add", "questions.settle", "questions.forget_before", "questions.claim_due"),
        *("drafts.add", "drafts.decide"),
        *("questions.rate", "questions.call_person"),
        *(
            "questions.orphan_all",
            "feeds.hold",
            "feeds.save_state",
            "feeds.save_states",
            "feeds.save_post",
        ),
        "feeds.save_posts",
        *("shares.started_at", "shares.decide_slot", "shares.describe_slot", "shares.add", "shares.move"),
        "shares.count_click",
        *("subscriptions.offer", "subscriptions.drop", "subscriptions.claim_due", "subscriptions.confirm"),
        *("subscriptions.pushed", "subscriptions.served"),
        *("shares.corrected", "outbox.supersede", "events.add_past", "imports.save"),
        *("forgetting.list_digest", "forgetting.unlist", "forgetting.erase", "forgetting.erase_settled"),
        *("outbox.add", "outbox.claim", "outbox.sent", "outbox.sent_all", "outbox.retry", "outbox.give_up"),
        *("outbox.hold_back", "receptions.add_remarks", "receptions.forget_before"),
        *("outbox.postpone", "outbox.resend", "outbox.drop", "outbox.orphan_all", "pauses.add", "pauses.remove"),
        *("archive.replace", "archive.leave_unsaid", "allowances.take"),
        *("leases.take", "leases.give_back", "keys.rename", "moves.record", "places.meet"),
        *("vectors.add", "vectors.remove", "vectors.forget_other_embedders"),
    }


async def _start_over(work: UnitOfWork, *, words: str) -> None:
    await work.archive.replace([])
    assert await work.archive.leave_unsaid(words, NOW) == 0
    await work.events.add("chat", [an_event("e0", at=later(-1), author=BUDI)], {})


async def _ask(work: UnitOfWork, *, words: str) -> None:
    """Questions are asked and settled, an answer is rated, and a person asked for."""
    await work.questions.add([a_question("q0", asked_at=later(-1)), a_question("q1", text=words)])
    await work.questions.add([a_question("q2", person=BUDI, asked_at=later(1), due_at=later(5))])
    assert await work.questions.settle(a_question("q0"), an_outcome(reason=words), NOW)
    await work.questions.add([a_question("q3", unasked=True, due_at=later(9))])
    assert await work.questions.settle(a_question("q3", due_at=later(9)), an_outcome(reason=words), NOW)
    assert await work.questions.forget_before(NOW) == 1
    assert (await work.questions.claim_due(NOW, lease=LEASE)) == a_question("q1", text=words, due_at=NOW + LEASE)
    await work.questions.orphan_all()
    assert await work.questions.settle(a_question("q2", due_at=later(5)), an_outcome(reason=words), NOW)
    await work.questions.rate("q1", SARI, "helpful", NOW)
    assert await work.questions.call_person("q1", NOW)


async def _show_drafts(work: UnitOfWork, *, words: str) -> None:
    """One version was replaced, the next one waits."""
    await work.drafts.add(a_draft("s1", reason=words))
    assert await work.drafts.decide(a_draft("s1"), "replaced", by=words, reason=words, at=NOW)
    await work.drafts.add(a_draft("s1", version=2, announced_as="o1", reason=words))


async def _take_turns(work: UnitOfWork, *, words: str) -> None:
    assert await work.leases.take("poll", words, now=NOW, until=later(60))
    assert not await work.leases.take("poll", "somebody else", now=NOW, until=later(60))
    await work.leases.give_back("poll", "somebody else")
    rate = RateKey(key=words, interval=timedelta(seconds=5), tolerance=timedelta(0))
    assert await work.allowances.take([rate], NOW) == NOW
    assert await work.allowances.take([rate], later(1)) == later(5)


async def _write_outbox(work: UnitOfWork, *, words: str) -> None:
    for number in range(4):
        await work.outbox.add([a_message(f"o{number + 1}", share_id=words, text_id="t")])
    for settle in ("sent", "retry", "give_up", "leave"):
        (message,) = await work.outbox.claim(later(1), kinds=("post",), rates={}, lease=LEASE, most=9)
        if settle == "sent":
            await work.outbox.sent(message, channel=GROUP, message_id="m-o1", at=later(1))
        elif settle == "retry":
            await work.outbox.postpone(message, not_before=NOW, reason=words)
            (message,) = await work.outbox.claim(later(1), kinds=("post",), rates={}, lease=LEASE, most=9)
            await work.outbox.retry(message, not_before=NOW, reason=words)
            (message,) = await work.outbox.claim(later(1), kinds=("post",), rates={}, lease=LEASE, most=9)
            await work.outbox.sent_all([Taken(message=message, channel=GROUP, message_id="m-o2", at=later(1))])
        elif settle == "give_up":
            await work.outbox.add([a_message("o9", share_id=words)])
            await work.outbox.give_up(message, state="unknown", reason=words)
        else:
            assert message.id == "o9"
    assert await work.outbox.resend("o3", iter(("r1", "r2")).__next__, later(1)) == ("r1", "r2")
    assert await work.outbox.drop("r2", words)
    await work.outbox.hold_back((), until=NOW, channel=None)
    await work.outbox.orphan_all(later(2))


async def _receive(work: UnitOfWork, *, words: str) -> None:
    """Somebody thanks for what stands there, and somebody leaves."""
    await work.events.add("chat", [an_event("e7", kind="leave", message_id=None, emoji=words)], {})
    for at in (later(-1), NOW):
        thanks = Remark(community="warung", channel=channel("s4"), message_id="m-o-s4", kind="thanks", at=at)
        await work.receptions.add_remarks([thanks])
        assert await work.receptions.forget_before(NOW) == (at < NOW)


async def _correct_a_share(work: UnitOfWork, *, words: str) -> None:
    """One share stood in its first version of two, another was corrected, and a digest told of a post."""
    await work.feeds.save_post(a_post("p4", revision=2), [("guid", "4")], a_sighting("p4"))
    for name in ("s4", "s5"):
        assert await work.shares.add(a_share(name, post_id="p4", campaign=name, reason=words), again=True)
        await work.shares.move(name, "queued", reason=words, until=None, at=NOW)
        await work.outbox.add([a_message(f"o-{name}", share_id=name, channel=channel(name))])
    for message in await work.outbox.claim(later(1), kinds=("post",), rates={}, lease=LEASE, most=9):
        await work.outbox.sent(message, channel=message.channel, message_id=f"m-{message.id}", at=later(1))
    await work.outbox.add([a_message("o-edit", kind="edit", share_id="s4", target="m-o-s4", channel=channel("edits"))])
    assert await work.outbox.supersede("s4", reason=words) == {"m-o-s4"}
    await work.shares.corrected("s5", revision=2, reason=words, at=NOW)
    assert await work.shares.add(a_share("s6", post_id="", campaign="weekly", items=("p1",)))
    gone = an_event("e6", kind="delete", channel=channel("s4").channel, message_id="m-o-s4")
    await work.events.add("chat", [gone], {})


async def _pause_and_move(work: UnitOfWork, *, words: str) -> None:
    await work.pauses.add(Pause(scope="community", key="warung", since=NOW, reason=words))
    await work.pauses.add(Pause(scope="all", key="", since=NOW, reason=words))
    assert await work.pauses.remove("all", "")
    assert await work.moves.record(Moved(old=channel("before"), new=channel(words), at=NOW))
    assert await work.places.meet(channel(words), NOW, again_after=LEASE)


async def _forget(work: UnitOfWork, *, words: str) -> None:
    """Somebody is erased and stays out, somebody else comes back, and a talk with one alone is cleared up."""
    await work.people.met([_EKA], NOW)
    assert (await work.forgetting.erase(_EKA))["member"] == 1
    await work.forgetting.list_digest("d1", NOW)
    await work.forgetting.list_digest("d2", NOW)
    await work.forgetting.unlist("d2")
    for alone in (_ALONE, replace(_ALONE, space="tari", channel="tari")):
        await work.outbox.add([a_message(f"o-{alone.channel}", kind="reply", channel=alone)])
    for message in await work.outbox.claim(later(1), kinds=("reply",), rates={}, lease=LEASE, most=9):
        await work.outbox.sent(message, channel=message.channel, message_id=f"m-{message.id}", at=later(1))
    assert await work.forgetting.erase_settled(_ALONE) == 1
    await work.imports.save(Imported(id="i1", file=words, basis=words, began_at=NOW))


async def look(work: UnitOfWork) -> dict[str, Any]:
    """Return what every method that reads finds, by its name."""
    return {name: await read(work) for name, read in READS.items()}
