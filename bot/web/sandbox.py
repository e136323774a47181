"""The sandbox page: a community as its members see it, several side by side, to try the bot before they meet it.

Works on whatever platform lets its members be played (`bot.ports.playing`).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.brand import Community
from bot.messages import Button, LinkCard, Person, PersonRef, Span, text_of
from bot.ports.playing import Playable, PlayedMessage
from bot.ports.records import Outcome
from bot.web.actions import own_path
from bot.web.page import draw, reader_of, write_time
from bot.web.site import Site

#: How many members are shown side by side at most.
SIDE_BY_SIDE = 4
#: Who is there when nobody else is named.
FIRST_MEMBERS = ("Ayu", "Bima")
#: The longest thing said, and the longest name.
LONGEST_TEXT = 2000
LONGEST_NAME = 40
#: So many of the last messages are shown.
SHOWN = 100
_LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """A member somebody plays."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One message as one member sees it."""

    id: str
    #: Who wrote it, as shown.
    name: str
    is_bot: bool
    is_own: bool
    is_private: bool
    at: str
    spans: tuple[Span, ...]
    card: LinkCard | None
    #: The beginning of what it answers.
    answers: str
    buttons: tuple[Button, ...]
    reactions: tuple[tuple[str, int], ...]
    #: Why the bot said this, or why it stayed silent about it.
    whys: tuple[str, ...]
    #: How the question behind it ended, if there is one.
    outcome: Outcome | None


async def show_sandbox(request: Request) -> Response:
    """Show a community, one column per member."""
    site: Site = request.app.state.site
    rooms = rooms_of(site)
    key = request.path_params.get("community") or next(iter(rooms), "")
    if rooms and key not in rooms:
        return PlainTextResponse("there is no such sandbox community\n", status_code=404)
    members = played_members(request.query_params.get("as", ""))
    views = [(member, *await _view(request, rooms[key][0], member)) for member in members] if rooms else []
    return draw(
        request,
        "sandbox.html",
        rooms={name: community for name, (community, _) in rooms.items()},
        key=key,
        views=views,
        names=", ".join(member.name for member in members),
        query=quote(",".join(member.name for member in members)),
        bot_name=site.brand.bot_name,
    )


async def show_view(request: Request) -> Response:
    """Draw one member's view anew, or say that nothing has changed (204)."""
    site: Site = request.app.state.site
    room = rooms_of(site).get(request.path_params["community"])
    members = played_members(request.query_params.get("as", ""))
    if room is None or len(members) != 1:
        return PlainTextResponse("there is no such view\n", status_code=404)
    lines, seen = await _view(request, room[0], members[0])
    if seen == request.query_params.get("seen"):
        return Response(status_code=204)
    return draw(request, "sandbox_view.html", key=room[0].key, member=members[0], lines=lines, seen=seen)


async def say(request: Request, form: FormData) -> Response:
    """Let a member say something."""
    site: Site = request.app.state.site
    found = _playing(request, form)
    if found is None:
        return PlainTextResponse("there is no such member\n", status_code=404)
    community, stage, member = found
    text = str(form.get("text", "")).strip()[:LONGEST_TEXT]
    if text:
        reply_to = str(form.get("reply_to", "")) or None
        try:
            stage.says(community.place.posts.space, member.id, text, reply_to=reply_to)
        except KeyError:
            return PlainTextResponse("what this answers is gone\n", status_code=404)
    if "hx-request" in request.headers:
        return draw(request, "sandbox_form.html", key=community.key, member=member, bot_name=site.brand.bot_name)
    return RedirectResponse(own_path(str(form.get("back", "")), f"/sandbox/{community.key}"), status_code=303)


async def press(request: Request, form: FormData) -> Response:
    """Let a member press a button below a message."""
    found = _playing(request, form)
    if found is None:
        return PlainTextResponse("there is no such member\n", status_code=404)
    community, stage, member = found
    try:
        stage.presses(community.place.posts.space, member.id, str(form.get("message", "")), str(form.get("button", "")))
    except KeyError:
        return PlainTextResponse("this button is gone\n", status_code=404)
    if "hx-request" in request.headers:
        return Response(status_code=204)
    return RedirectResponse(own_path(str(form.get("back", "")), f"/sandbox/{community.key}"), status_code=303)


def _playing(request: Request, form: FormData) -> tuple[Community, Playable, Played] | None:
    """Return where and as whom a form acts, the member made known there; None for what is not there."""
    site: Site = request.app.state.site
    room = rooms_of(site).get(request.path_params["community"])
    members = played_members(str(form.get("as", "")))
    if room is None or len(members) != 1:
        return None
    (community, stage), (member,) = room, members
    stage.introduce(Person(ref=PersonRef(platform=community.platform, id=member.id), name=member.name))
    return community, stage, member


def rooms_of(site: Site) -> dict[str, tuple[Community, Playable]]:
    """Return the communities whose members can be played, by key."""
    rooms: dict[str, tuple[Community, Playable]] = {}
    for key, community in site.brand.communities.items():
        platform = site.platforms.get(community.platform)
        if isinstance(platform, Playable):
            rooms[key] = (community, platform)
    return rooms


def played_members(names: str) -> tuple[Played, ...]:
    """Return the members named, separated by commas, each once; the usual ones when none is."""
    wanted = [name.strip()[:LONGEST_NAME] for name in names.split(",") if name.strip()] or list(FIRST_MEMBERS)
    found: dict[str, Played] = {}
    for name in wanted:
        member_id = re.sub(r"[^\w-]+", "-", name.casefold()).strip("-") or "member"
        # the bot's own id is nobody else's
        member_id = "member-bot" if member_id == "bot" else member_id
        found.setdefault(member_id, Played(id=member_id, name=name))
    return tuple(found.values())[:SIDE_BY_SIDE]


async def _view(request: Request, community: Community, member: Played) -> tuple[tuple[Line, ...], str]:
    """Return what a member sees, and a mark that changes when it does."""
    site: Site = request.app.state.site
    reader = reader_of(request)
    stage = rooms_of(site)[community.key][1]
    channel = community.place.posts
    messages = [message for message in stage.transcript(channel.space) if message.private_to in (None, member.id)][
        -SHOWN:
    ]
    by_id = {message.id: message for message in messages}
    answered = {message.reply_to for message in messages if message.author is None}
    async with site.store.read(site.brand.id) as work:
        outcomes = {
            question.message_id: outcome
            for question, outcome in await work.questions.recent(reader.now - _LOOK_BACK)
            if question.channel.space == channel.space and question.channel.platform == channel.platform
        }

    def line(message: PlayedMessage) -> Line:
        is_bot = message.author is None
        about = message.reply_to if is_bot else message.id
        shows_why = about is not None and (is_bot or about not in answered)
        return Line(
            id=message.id,
            name=site.brand.bot_name if message.author is None else message.author.name,
            is_bot=is_bot,
            is_own=message.author is not None and message.author.ref.id == member.id,
            is_private=message.private_to is not None,
            at=write_time(message.at, community.timezone, reader.language).rpartition(", ")[2],
            spans=message.spans,
            card=message.card,
            answers=_beginning(by_id.get(message.reply_to or "")),
            buttons=message.buttons,
            reactions=tuple((emoji, len(people)) for emoji, people in message.reactions.items()),
            whys=site.journal.whys(channel, about) if about is not None and shows_why else (),
            outcome=outcomes.get(about) if shows_why else None,
        )

    lines = tuple(line(message) for message in messages)
    return lines, hashlib.sha256(repr(lines).encode()).hexdigest()[:16]


def _beginning(message: PlayedMessage | None) -> str:
    if message is None:
        return ""
    text = text_of(message.spans)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004  # one line on a narrow screen
