"""Settings, words, errors and rights, each without a server."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.matrix.failures import translate_read, translate_send
from adapters.matrix.homeserver import Refused
from adapters.matrix.incoming import Self, read_event
from adapters.matrix.outgoing import edit_content, message_content
from adapters.matrix.probing import judge_power
from adapters.matrix.rooms import Rooms
from adapters.matrix.settings import Account, Address
from bot.errors import ChannelLost, KonektorError, LoginRefused, PlatformDown, PostRejected, RateLimited, SendUncertain
from bot.messages import ChannelRef, IncomingMessage, OutgoingPost, PersonRef, Span
from tests.adapters.matrix.driving import BUDI, DEWI, now
from tests.servers.matrix_shown import links, shown
from tests.servers.matrix_world import BOT

ROOM = "!room:matrix.test"
ME = Self(id=BOT, name="Tani", commands={"top": "top"})
KNOWN = Rooms(name_of=lambda _room, user: user, is_direct=lambda _room: False)


def _post(*spans: Span) -> OutgoingPost:
    return OutgoingPost(id="p", channel=ChannelRef(platform="matrix", space=ROOM, channel=ROOM), spans=spans)


def _message(**content: object) -> IncomingMessage:
    event = {
        "type": "m.room.message",
        "event_id": "$1",
        "sender": DEWI,
        "origin_server_ts": 1_795_399_200_000,
        "content": {"msgtype": "m.text", **content},
    }
    read = read_event(ROOM, event, ME, KNOWN, seen_at=now())
    assert isinstance(read, IncomingMessage)
    return read


@pytest.mark.parametrize(
    ("content", "text", "named", "others"),
    [
        pytest.param({"body": "Tani: halo", "m.mentions": {"user_ids": [BOT]}}, "halo", True, (), id="pill"),
        pytest.param(
            {"body": "halo @tani:matrix.test", "m.mentions": {}}, "halo @tani:matrix.test", False, (), id="words"
        ),
        pytest.param({"body": "@tani:matrix.test halo"}, "halo", True, (), id="old-client"),
        pytest.param(
            {"body": "Budi", "formatted_body": f'<a href="https://matrix.to/#/{BUDI}">Budi</a>'},
            "Budi",
            False,
            (BUDI,),
            id="old-pill",
        ),
        pytest.param(
            {"body": "taning halo", "m.mentions": {"user_ids": [BOT]}}, "taning halo", True, (), id="other-word"
        ),
        pytest.param({"body": "halo", "m.mentions": {"user_ids": [BUDI, 7, "x"]}}, "halo", False, (BUDI,), id="others"),
        pytest.param({"body": "halo", "m.mentions": {"room": True}}, "halo", False, (), id="room"),
        pytest.param(
            {
                "body": "> <@tani:matrix.test> lama\n> dua baris\n\nbaru",
                "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}},
                "m.mentions": {},
            },
            "baru",
            False,
            (),
            id="quotation",
        ),
        pytest.param(
            {"body": "> kutipan\nsendiri", "m.mentions": {}}, "> kutipan\nsendiri", False, (), id="own-quotation"
        ),
        pytest.param({"msgtype": "m.image", "body": "kopi.jpg", "m.mentions": {}}, "", False, (), id="picture"),
        pytest.param(
            {"msgtype": "m.image", "body": "kopi pagi", "filename": "kopi.jpg", "m.mentions": {}},
            "kopi pagi",
            False,
            (),
            id="caption",
        ),
        pytest.param({"body": "a\ud800b\0", "m.mentions": {}}, "a\ufffdb\ufffd", False, (), id="half-characters"),
    ],
)
def test_a_message_reads_as_people_see_it(
    content: dict[str, object],
    text: str,
    named: bool,  # noqa: FBT001 - a parameter of cases
    others: tuple[str, ...],
) -> None:
    """Names, quotations, captions and what no database keeps."""
    read = _message(**content)
    assert (read.text, read.mentions_bot, tuple(each.id for each in read.mentions)) == (text, named, others)


@pytest.mark.parametrize("stamp", [-1, 10**30, "1", None, True, 9_999_999_999_999])
def test_a_forged_time_is_the_moment_it_was_seen(stamp: object) -> None:
    """Another homeserver may write anything there."""
    seen_at = now()
    event = {
        "type": "m.room.message",
        "event_id": "$1",
        "sender": DEWI,
        "origin_server_ts": stamp,
        "content": {"msgtype": "m.text", "body": "halo"},
    }
    read = read_event(ROOM, event, ME, KNOWN, seen_at=seen_at)
    assert read is not None
    assert read.at == seen_at


@given(
    st.lists(st.builds(Span, text=st.text(max_size=40), style=st.sampled_from(["plain", "bold", "quote"])), min_size=1)
)
def test_any_text_arrives_as_it_is(spans: list[Span]) -> None:
    """Whatever members' and marketers' words look like, they are shown and never taken for HTML."""
    content = message_content(_post(*spans), reply_to=None)
    text = "".join(span.text for span in spans)
    assert content["body"] == text
    assert shown(content) == text


def test_whoever_is_called_is_notified_and_nobody_else() -> None:
    """A message that calls somebody is no notice, since no telephone rings for one."""
    called = message_content(
        _post(Span(text="Dewi", mention=PersonRef(platform="matrix", id=DEWI)), Span(text=", lihat ini.")),
        reply_to=None,
    )
    quiet = message_content(_post(Span(text=f"{DEWI} @room")), reply_to=None)
    assert (called["msgtype"], called["m.mentions"]) == ("m.text", {"user_ids": [DEWI]})
    assert (quiet["msgtype"], quiet["m.mentions"]) == ("m.notice", {})


def test_a_link_reaches_those_who_see_plain_text() -> None:
    """Its address stands behind the words."""
    content = message_content(_post(Span(text="baca", url="https://kopi.example/?a=1&b=2")), reply_to=None)
    assert content["body"] == "baca (https://kopi.example/?a=1&b=2)"
    assert links(content) == ["https://kopi.example/?a=1&b=2"]


def test_an_edit_notifies_nobody_anew() -> None:
    """Clients that show no edits see the new text after a star."""
    content = edit_content("$1", _post(Span(text="94 derajat", style="bold")))
    assert (content["body"], content["m.new_content"]["body"]) == ("* 94 derajat", "94 derajat")
    assert content["m.mentions"] == {}


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (Refused(status=401, code="M_UNKNOWN_TOKEN", words=""), LoginRefused),
        (Refused(status=403, code="M_USER_DEACTIVATED", words=""), LoginRefused),
        (Refused(status=429, code="M_LIMIT_EXCEEDED", words="", retry_after=timedelta(seconds=2)), RateLimited),
        (Refused(status=403, code="M_FORBIDDEN", words=""), ChannelLost),
        (Refused(status=404, code="M_NOT_FOUND", words=""), ChannelLost),
        (Refused(status=413, code="M_TOO_LARGE", words=""), PostRejected),
        (Refused(status=400, code="M_BAD_JSON", words=""), PostRejected),
        (Refused(status=502, code="", words=""), SendUncertain),
        (Refused(status=404, code="", words=""), SendUncertain),
        (Refused(status=500, code="M_UNKNOWN", words=""), SendUncertain),
        (TimeoutError(), SendUncertain),
        (aiohttp.ServerDisconnectedError(), SendUncertain),
        (aiohttp.InvalidURL("x"), PlatformDown),
    ],
)
def test_a_failed_send_is_named_by_who_must_act(error: Exception, meant: type[KonektorError]) -> None:
    """One table, whose unknown entries are uncertain."""
    assert type(translate_send(error, room=ROOM)) is meant


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (Refused(status=401, code="M_MISSING_TOKEN", words=""), LoginRefused),
        (Refused(status=429, code="M_LIMIT_EXCEEDED", words=""), RateLimited),
        (Refused(status=500, code="", words=""), PlatformDown),
        (TimeoutError(), PlatformDown),
    ],
)
def test_a_failed_reading_is_waited_out_or_ends_it(error: Exception, meant: type[KonektorError]) -> None:
    """Only a refused login ends it."""
    assert type(translate_read(error)) is meant


@pytest.mark.parametrize(
    ("levels", "ok"),
    [
        (None, True),
        ({"users_default": 0, "events_default": 50}, False),
        ({"users": {BOT: 50}, "events_default": 50}, True),
        ({"users": {BOT: "50"}, "events_default": "50"}, True),
        ({"events": {"m.room.message": 10}, "users": {BOT: 9}}, False),
        ({"users": "nonsense", "events": 3}, True),
    ],
)
def test_power_levels_say_whether_the_bot_may_write(levels: dict[str, object] | None, ok: bool) -> None:  # noqa: FBT001 - a parameter of cases
    """As the specification computes them."""
    assert [finding.ok for finding in judge_power(ROOM, BOT, levels)] == [ok]


@pytest.mark.parametrize(
    ("levels", "ok"),
    [
        ({"events": {"m.room.redaction": 50}}, [True, False]),
        ({"events": {"m.room.redaction": 50}, "users": {BOT: 50}}, [True]),
        ({"redact": 50}, [True]),
        ({"events_default": 50, "events": {"m.room.message": 0}}, [True, False]),
    ],
)
def test_power_levels_say_whether_the_bot_may_take_back_its_posts(levels: dict[str, object], ok: list[bool]) -> None:
    """To take back one's own takes the level of sending a redaction; that of others' events is no matter."""
    assert [finding.ok for finding in judge_power(ROOM, BOT, levels)] == ok


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"homeserver": "matrix.org", "token": "x"}, "https"),
        ({"homeserver": "http://matrix.org", "token": "x"}, "in the open"),
        ({"homeserver": "https://matrix.org", "token": " "}, "copy"),
    ],
)
def test_a_wrong_account_is_explained(settings: dict[str, str], words: str) -> None:
    """The text says what to write, and never the token."""
    with pytest.raises(ValueError, match=words):
        Account.model_validate(settings)


@pytest.mark.parametrize("room", ["#kopi:matrix.org", "kopi", "!", "!a b:c"])
def test_an_address_is_no_room_id(room: str) -> None:
    """It could be pointed at another room."""
    with pytest.raises(ValueError, match="Room settings > Advanced"):
        Address(room=room)


@pytest.mark.parametrize("room", ["!abc:matrix.org", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"])
def test_room_ids_of_every_version_are_taken(room: str) -> None:
    """Since room version 12 they name no homeserver."""
    assert Address(room=room).place("kopi").posts.channel == room
