"""A marketer's tests: each case is played through the real flows on a store in which nothing lasts, and compared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from bot.brand import Brand
from bot.clock import ReplayClock
from bot.flows.answer_question import AnswerQuestion
from bot.flows.ask_material import AskMaterial
from bot.flows.receive_events import ReceiveEvents
from bot.flows.share_once import Passed, share_once
from bot.ids import new_id
from bot.messages import IncomingMessage, Person, PersonRef, text_of
from bot.ports.expecting import Case, ExpectedReply, ExpectedShare, GivenMessage, GivenPost, Tried
from bot.ports.platform import PlatformLimits
from bot.ports.records import KnownBrand, Outcome, Post, Sighting
from bot.ports.store import Store, Transactions

#: Makes what answers from the material and from the posts of a store.
Learn = Callable[[Transactions], Awaitable[AskMaterial]]

_WORDS = {
    "share": "shared", "hold": "held", "skip": "skipped", "nothing": "nothing brought there",
    "answered": "an answer", "unsure": "that it does not know", "fixed": "a fixed reply", "silent": "silence",
}  # fmt: skip


async def try_case(
    case: Case,
    brand: Brand,
    known: KnownBrand,
    *,
    store: Store,
    limits: Mapping[str, PlatformLimits],
    learn: Learn,
) -> Tried:
    """Play one case and say what differs. `limits` are those of each platform by name."""
    at = case.at.astimezone(UTC)
    differences: list[tuple[str, str]] = []
    async with store.rehearse() as rehearsal:
        clock = ReplayClock(at)
        await _publish(case.posts, brand, store=rehearsal, at=at)
        if case.shares:
            passed = await share_once(brand, store=rehearsal, limits=limits, clock=clock)
            for share in case.shares:
                differences += _compare_share(share, [line for line in passed if line.community == share.community])
        if case.message is not None and case.reply is not None:
            ask = await learn(rehearsal)
            said = await _say(case.message, brand, known, store=rehearsal, limits=limits, clock=clock, ask=ask)
            differences += _compare_reply(case.reply, *said)
    return Tried(case=case, differences=tuple(differences))


async def _publish(posts: tuple[GivenPost, ...], brand: Brand, *, store: Transactions, at: datetime) -> None:
    """Let feeds have brought the posts at the very moment."""
    async with store.work(brand.id) as work:
        for number, given in enumerate(posts):
            post = Post(
                id=new_id(at),
                link=given.link,
                title=given.title,
                summary=given.summary,
                text=given.text,
                author=given.author,
                tags=given.tags,
                image_url=None,
                published_at=at - timedelta(milliseconds=len(posts) - number),
                first_seen_at=at,
                in_first_reading=False,
                # no feed brings it again, to be compared
                content_hash="",
                revision=1,
            )
            seen = Sighting(
                source=given.source, post_id=post.id, verdict="new", evidence=(), reason="given by a test", seen_at=at
            )
            await work.feeds.save_post(post, [("link", given.link)], seen)
        await work.commit()


async def _say(
    given: GivenMessage,
    brand: Brand,
    known: KnownBrand,
    *,
    store: Transactions,
    limits: Mapping[str, PlatformLimits],
    clock: ReplayClock,
    ask: AskMaterial,
) -> tuple[list[str], Outcome | None]:
    """Let a member who knows the bot write it; return the replies, and how the question ended if it was one."""
    community = brand.communities[given.community]
    author = PersonRef(platform=community.platform, id="a-member")
    heard = IncomingMessage(
        event_id="given",
        at=clock.now(),
        channel=community.place.posts,
        message_id="given",
        author=Person(ref=author, name="A member"),
        text=given.text,
        mentions_bot=given.to_bot,
    )
    async with store.work(brand.id) as work:
        await work.people.met([author], clock.now())
        await work.people.introduced([author], clock.now())
        await work.commit()
    receive = ReceiveEvents(
        brand, community.platform, limits=limits[community.platform], store=store, clock=clock, key=known.key
    )
    await receive((heard,))
    answer = AnswerQuestion(brand, known, store=store, ask=ask, limits=limits, clock=clock)
    while await answer():
        pass
    async with store.read(brand.id) as work:
        replies = [message for message in await work.outbox.unsettled() if message.kind == "reply"]
        asked = await work.questions.recent(clock.now() - timedelta(days=1))
    outcome = next((outcome for question, outcome in asked if question.message_id == "given"), None)
    return [text_of(reply.body.spans) for reply in replies], outcome


def _compare_share(expected: ExpectedShare, passed: list[Passed]) -> Iterator[tuple[str, str]]:
    wanted = f"{expected.community}: {_WORDS[expected.verdict]}"
    if expected.says:
        wanted += f", with “{expected.says}”"
    came = "; ".join(
        f"{line.community}: {_WORDS.get(line.verdict, line.verdict)} “{line.text or line.reason}”" for line in passed
    )
    if expected.verdict == "nothing":
        holds = not passed
    else:
        holds = any(
            line.verdict == expected.verdict
            and expected.says.casefold() in (line.text if line.verdict == "share" else line.reason).casefold()
            for line in passed
        )
    if not holds:
        yield wanted, came or f"{expected.community}: nothing brought there"


def _compare_reply(expected: ExpectedReply, replies: list[str], outcome: Outcome | None) -> Iterator[tuple[str, str]]:
    said = "\n".join(replies)
    came = "silent" if not replies else outcome.state if outcome is not None else "fixed"
    # what nobody answers yet is handed over to a person later; the member hears that it is not known
    came = "unsure" if replies and came not in ("answered", "fixed") else came
    cited = [part for citation in (outcome.citations if outcome else ()) for part in (citation.url, citation.item)]
    shown = f"{_WORDS[came]}{f' “{said}”' if said else ''}"
    if outcome is not None and came != "answered":
        shown += f" ({outcome.reason})"
    if came != expected.verdict or expected.says.casefold() not in said.casefold():
        yield f"{_WORDS[expected.verdict]}{f' with “{expected.says}”' if expected.says else ''}", shown
    elif expected.cites and not any(expected.cites in part for part in cited if part):
        yield f"an answer that cites {expected.cites}", f"{shown}, which cites {', '.join(filter(None, cited))}"
