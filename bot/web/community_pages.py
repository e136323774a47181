"""The page about the communities: how welcome the bot is in each, over time, and what lets posts out or holds them."""

from __future__ import annotations

from bot.campaigns.budget import Account
from bot.flows.read_reception import read_receptions
from bot.web.page import Page, Reader
from bot.web.tables import Column, Table


async def build_communities(reader: Reader) -> Page:
    """Acceptance and link budget of each community."""
    site, say = reader.site, reader.say
    async with site.store.read(site.brand.id) as work:
        found = await read_receptions(site.brand, work=work, now=reader.now)
    ends = [at for at, _ in found[0].by_week] if found else []
    return Page(
        title=say("Communities"),
        intro=say(
            "How welcome the bot is, from 0 to 100: what people like, thank for and answer, against what they dislike, "
            "remove or ask to stop. 50 means that nobody has shown either."
        ),
        tables=(
            Table(
                name="communities",
                title=say("Last 4 weeks"),
                columns=(
                    Column(key="community", label=say("Community")),
                    Column(key="acceptance", label=say("Acceptance"), kind="number"),
                    Column(key="posts", label=say("Posts"), kind="number"),
                    Column(key="answers", label=say("Answers"), kind="number"),
                    Column(key="liked", label=say("Liked"), kind="number"),
                    Column(key="disliked", label=say("Disliked"), kind="number"),
                    Column(key="replied", label=say("Replied to"), kind="number"),
                    Column(key="clicks", label=say("Clicks"), kind="number"),
                    Column(key="removed", label=say("Removed"), kind="number"),
                    Column(key="state", label=say("Link budget"), kind="state"),
                    Column(key="budget", label=say("It holds"), kind="number"),
                ),
                rows=tuple(
                    (
                        one.community,
                        one.acceptance,
                        one.posts,
                        one.answers,
                        one.liked,
                        one.disliked,
                        one.replied,
                        one.clicks,
                        one.removed,
                        _state_of(one.account),
                        None if one.account is None else one.account.balance,
                    )
                    for one in found
                ),
                empty="",
            ),
            Table(
                name="weeks",
                title=say("Acceptance over time"),
                columns=(
                    Column(key="until", label=say("4 weeks until"), kind="time"),
                    *(Column(key=one.community, label=one.community, kind="number") for one in found),
                ),
                rows=tuple(
                    (at, *(one.by_week[number][1] for one in found)) for number, at in reversed(tuple(enumerate(ends)))
                ),
                empty="",
            ),
        ),
    )


def _state_of(account: Account | None) -> str:
    if account is None:
        return "not kept"
    return "empty" if account.is_empty else "filled"
