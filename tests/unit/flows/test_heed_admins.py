"""Who may hold the bot back in a community, for how long, and what that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.brand import JoinIn
from bot.campaigns.etiquette import describe_pause, find_pause
from bot.clock import ReplayClock
from bot.errors import PlatformDown
from bot.flows.answer_question import AnswerQuestion
from bot.flows.ask_material import AskMaterial
from bot.flows.receive_events import ReceiveEvents
from bot.messages import ChannelRef, PersonRef
from bot.ports.platform import KnowingAdmins
from bot.ports.records import KnownBrand, Pause
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import NOW
from tests.unit.conversation.sample import BRAND, DIRECT, SARI, command, message
from tests.unit.flows.sample import LIMITS, a_brand, move, waiting


class Admins:
    """A platform that knows its admins, or is away."""

    def __init__(self, *ids: str, away: bool = False) -> None:
        self._ids = ids
        self._away = away
        #: Who was asked about.
        self.asked: list[str] = []

    async def is_admin(self, channel: ChannelRef, person: PersonRef) -> bool:
        """Tell, or raise."""
        self.asked.append(person.id)
        assert channel.space == "warung"
        if self._away:
            raise PlatformDown("away")
        return person.id in self._ids


class Warung:
    """One group in which Sari gives commands."""

    def __init__(self, store: Transactions, clock: ReplayClock, admins: Admins | None) -> None:
        self._store = store
        self._clock = clock
        join_in = JoinIn(wait=timedelta(0), per_day=9, communities=frozenset({"warung"}))
        self.brand = a_brand(
            answers=replace(BRAND.answers, join_in=join_in),
            people={"dewi": (PersonRef(platform="sandbox", id="dewi"),)},
        )
        knowing: Mapping[str, KnowingAdmins] = {} if admins is None else {"sandbox": admins}
        self._receive = ReceiveEvents(self.brand, "sandbox", limits=LIMITS, store=store, clock=clock)
        self._answer = AnswerQuestion(
            self.brand,
            KnownBrand(id=BRAND.id, key=b""),
            store=store,
            ask=AskMaterial(lambda: None),
            limits={"sandbox": LIMITS},
            clock=clock,
            knowing=knowing,
        )
        self._number = 0

    async def gives(self, name: str, arguments: str = "", *, who: str = "sari") -> str:
        """Let somebody give a command; return the last thing the bot then has to say."""
        self._number += 1
        author = replace(SARI, ref=PersonRef(platform="sandbox", id=who))
        event = replace(command(name, arguments), event_id=f"e{self._number}", author=author, at=self._clock.now())
        await self._receive((event,))
        while await self._answer():
            pass
        return "".join(span.text for span in (await waiting(self._store))[-1].body.spans)

    async def overhears(self, text: str) -> str:
        """Let somebody ask nobody in particular; return how that ended."""
        self._number += 1
        event = replace(message(text), event_id=f"e{self._number}", message_id="m9", at=self._clock.now())
        await self._receive((event,))
        while await self._answer():
            pass
        async with self._store.read(BRAND.id) as work:
            return (await work.questions.recent(NOW))[-1][1].reason

    async def paused(self) -> tuple[Pause, ...]:
        """Return what is paused now."""
        async with self._store.read(BRAND.id) as work:
            return await work.pauses.all(self._clock.now())


async def test_an_admin_pauses_posts_for_a_while(store: Transactions, clock: ReplayClock) -> None:
    """Posts wait and say why, answers go on, and it ends by itself."""
    warung = Warung(store, clock, Admins("sari"))
    assert "2 jam" in await warung.gives("pause", "2 jam")
    (pause,) = await warung.paused()
    assert describe_pause(pause).startswith("posting to warung is paused since ")
    assert describe_pause(pause).endswith("one of its admins said /pause")
    assert pause.until == NOW + timedelta(hours=2)
    assert find_pause([pause], community="warung", campaign="news") == pause
    assert find_pause([pause], community="warung", campaign=None) is None
    assert find_pause([pause], community="other", campaign="news") is None
    await move(clock, hours=2)
    assert await warung.paused() == ()


async def test_the_last_word_of_an_admin_counts(store: Transactions, clock: ReplayClock) -> None:
    """A shorter pause takes the place of one without an end; /resume ends all that admins asked for, and says so."""
    warung = Warung(store, clock, Admins("sari"))
    await warung.gives("pause")
    await warung.gives("pause", "5m")
    await warung.gives("quiet")
    assert [(one.scope, one.until) for one in await warung.paused()] == [
        ("admins", NOW + timedelta(minutes=5)),
        ("quiet", NOW + timedelta(hours=1)),
    ]
    await warung.gives("resume")
    assert await warung.paused() == ()
    assert "tidak ada yang dijeda" in await warung.gives("resume")


async def test_what_the_brand_paused_is_not_the_admins_to_end(store: Transactions, clock: ReplayClock) -> None:
    """Theirs is another reason."""
    warung = Warung(store, clock, Admins("sari"))
    recall = Pause(scope="community", key="warung", since=NOW, reason="a recall")
    async with store.work(BRAND.id) as work:
        await work.pauses.add(recall)
        await work.commit()
    await warung.gives("resume")
    assert await warung.paused() == (recall,)


async def test_a_member_may_not(store: Transactions, clock: ReplayClock) -> None:
    """Nor may anybody where the platform does not know its admins, but for the brand's own people."""
    admins = Admins("laras")
    assert "Hanya admin" in await Warung(store, clock, admins).gives("pause")
    somewhere = Warung(store, clock, None)
    assert "Hanya admin" in await somewhere.gives("quiet", who="budi")
    assert await somewhere.paused() == ()
    assert admins.asked == ["sari"]
    await somewhere.gives("quiet", who="dewi")
    assert [one.scope for one in await somewhere.paused()] == ["quiet"]


async def test_nobody_is_taken_for_an_admin_while_the_platform_is_away(store: Transactions, clock: ReplayClock) -> None:
    """They are asked to try again."""
    warung = Warung(store, clock, Admins("sari", away=True))
    assert "coba lagi" in await warung.gives("pause")
    assert await warung.paused() == ()


async def test_an_unclear_duration_pauses_nothing(store: Transactions, clock: ReplayClock) -> None:
    """It is answered by examples."""
    warung = Warung(store, clock, Admins("sari"))
    assert "/jeda 2 jam" in await warung.gives("pause", "sampai besok")
    assert await warung.paused() == ()


async def test_in_a_quiet_community_the_bot_does_not_join_in(store: Transactions, clock: ReplayClock) -> None:
    """A pause alone does not silence it."""
    warung = Warung(store, clock, Admins("sari"))
    await warung.gives("quiet")
    assert await warung.overhears("kak, ada yang tau jam buka kedainya?") == "not joined in: its admins asked for quiet"


async def test_a_pause_is_for_the_group(store: Transactions, clock: ReplayClock) -> None:
    """In a direct conversation nobody is asked who somebody is."""
    admins = Admins("sari")
    warung = Warung(store, clock, admins)
    receive = ReceiveEvents(warung.brand, "sandbox", limits=LIMITS, store=store, clock=clock)
    await receive((replace(command("pause"), channel=DIRECT),))
    (told,) = await waiting(store)
    assert "Itu untuk di grup" in told.body.spans[-1].text
    assert admins.asked == []
