"""What a log line says, and what it never says."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import NoReturn
from urllib.parse import quote

import pytest
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import PlatformDown
from bot.log import REDACTED, SHORTEST_SECRET, Redactor, configure

TELEGRAM_TOKEN = "184467" + ":" + "AAHk3v9XyZ_-abcdefghijklmnopqrstuvw"
DISCORD_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GabcDe." + "abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    level = root.level
    yield
    root.handlers[:] = [handler for handler in root.handlers if type(handler).__module__ != "bot.log"]
    root.setLevel(level)
    structlog.reset_defaults()


def write_lines(
    write: Callable[[], None], *, as_json: bool = True, secrets: tuple[str, ...] = (), debug: bool = False
) -> str:
    """Return what reaches the stream while `write` runs."""
    stream = StringIO()
    logging.getLogger().handlers[:] = []  # the test runner's own would format the lines as well
    configure(json=as_json, secrets=secrets, stream=stream, debug=debug)
    write()
    return stream.getvalue()


def raise_down(message: str) -> NoReturn:
    """Fail as an adapter does."""
    raise PlatformDown(message)


def fail_with(message: str) -> None:
    """Log an error that carries `message`."""
    try:
        raise_down(message)
    except PlatformDown:
        structlog.get_logger().exception("could not send", attempt=2)


def list_texts(value: object) -> Iterator[str]:
    """Yield every text inside a JSON document, names included."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from list_texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from list_texts(part)
    else:
        yield str(value)


def test_a_line_is_one_json_document() -> None:
    """A service's line carries the event, its facts, the level, the logger and an aware UTC time."""
    line = json.loads(write_lines(lambda: structlog.get_logger().info("post shared", community="warung", posts=3)))

    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo == UTC
    assert line == {
        "event": "post shared",
        "community": "warung",
        "posts": 3,
        "level": "info",
        "logger": "tests.unit.test_log",
    }


def test_a_line_for_people_is_one_line() -> None:
    """Without JSON the same facts are words."""
    text = write_lines(lambda: structlog.get_logger().info("post shared", community="warung"), as_json=False)

    assert text.count("\n") == 1
    assert "post shared" in text
    assert "community=warung" in text


def test_library_lines_take_the_same_road() -> None:
    """What a library logs through `logging` comes out as the same kind of line."""
    line = json.loads(write_lines(lambda: logging.getLogger("some.library").warning("slow: %s s", 3)))

    assert (line["event"], line["level"], line["logger"]) == ("slow: 3 s", "warning", "some.library")


@pytest.mark.parametrize("name", ["aiosqlite", "apscheduler", "discord", "httpcore", "httpx", "telegram"])
def test_libraries_are_heard_from_warning_on(name: str) -> None:
    """What they say at INFO is left out, what they warn of is not."""

    def chatter() -> None:
        logging.getLogger(f"{name}.inner").info("request to https://example.org")
        logging.getLogger(f"{name}.inner").warning("refused")

    lines = write_lines(chatter).splitlines()

    assert [json.loads(line)["event"] for line in lines] == ["refused"]


def test_an_error_is_one_line_without_traceback() -> None:
    """An error says what it is and where it was raised; no traceback unless asked for."""
    line = json.loads(write_lines(lambda: fail_with("the server is away")))

    assert line["error"] == "PlatformDown: the server is away"
    assert line["raised_at"].startswith("tests.unit.test_log:")
    assert "exception" not in line


def test_debug_brings_the_traceback() -> None:
    """With debug the traceback is there, and redacted like everything else."""
    line = json.loads(write_lines(lambda: fail_with(f"away: {TELEGRAM_TOKEN}"), debug=True))

    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith(f"PlatformDown: away: {REDACTED}")


def test_configuring_again_replaces_the_stream() -> None:
    """A second call writes each line once, to the new place."""
    first, second = StringIO(), StringIO()
    configure(json=True, stream=first)
    configure(json=True, stream=second)
    structlog.get_logger().info("hello")

    assert (first.getvalue(), second.getvalue().count("hello")) == ("", 1)


def test_a_line_that_cannot_be_written_keeps_its_arguments() -> None:
    """Wrong arguments of a library's log call are not printed: they may be what must stay unsaid."""
    text = write_lines(lambda: logging.getLogger("some.library").warning("%d tries", "hunter2 hunter2"))

    assert text.startswith("a log line of some.library (line ")
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"GET https://api.telegram.org/bot{TELEGRAM_TOKEN}/getMe",
            f"GET https://api.telegram.org/bot{REDACTED}/getMe",
        ),
        (f"logging in with {DISCORD_TOKEN}", f"logging in with {REDACTED}"),
        ("Authorization: Bot abc.def", f"Authorization: {REDACTED}"),
        ("{'Authorization': 'Bearer abc', 'Accept': '*/*'}", f"{{'Authorization': '{REDACTED}', 'Accept': '*/*'}}"),
        ("sent Bearer abcdefghijklmnopqrstuvwxyz", f"sent Bearer {REDACTED}"),
        ("postgresql://kopi:p@ss@db.example/kopi", f"postgresql://{REDACTED}@db.example/kopi"),
        ("https://feeds.example/a.xml?api_key=abc&page=2", f"https://feeds.example/a.xml?api_key={REDACTED}&page=2"),
        ("https://feeds.example/a?x=1&TOKEN=abc#top", f"https://feeds.example/a?x=1&TOKEN={REDACTED}#top"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, expected: str) -> None:
    """Tokens, credentials and keys are recognised by their shape, and what surrounds them stays readable."""
    assert Redactor().redact_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "posted 184467 at 09:00:00",
        "https://kopitani.example/2026/11/24/how-to-brew?utm_source=telegram&page=2",
        "bot.flows.deliver_posts took 3 rows from 12 channels",
        "mail to dewi@kopitani.example",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    """Times, ids, addresses and module names are no secrets."""
    assert Redactor().redact_text(text) == text


def test_a_secret_by_name_is_taken_out_whole() -> None:
    """A value called token, secret, password, authorization or key is never written, whatever it looks like."""
    value = {"bot_token": "x", "headers": {"Authorization": ["x"]}, "api_key": 7, "keyboard": "x"}

    assert Redactor().redact(value) == {
        "bot_token": REDACTED,
        "headers": {"Authorization": REDACTED},
        "api_key": REDACTED,
        "keyboard": "x",
    }


SECRETS = st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), min_size=SHORTEST_SECRET)


@given(secret=SECRETS, before=st.text(max_size=5), number=st.integers())
def test_a_configured_secret_never_appears(secret: str, before: str, number: int) -> None:
    """Whatever a secret looks like and wherever it is put, no text of the line holds it."""
    assume(secret not in REDACTED)

    def write() -> None:
        log = structlog.get_logger()
        log.info("%s", before + secret, value=secret, nested={secret: [(secret, number)]}, bytes=secret.encode())
        log.warning("fetched", url=f"https://feeds.example/{quote(secret, safe='')}", error=ValueError(secret))
        logging.getLogger(secret).warning("library said %r and %s", secret, secret)
        fail_with(secret)

    lines = write_lines(write, secrets=(secret, "another secret")).splitlines()

    assert len(lines) == 4
    assert [text for line in lines for text in list_texts(json.loads(line)) if secret in text] == []


@given(
    secret=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=12),
    as_json=st.booleans(),
    debug=st.booleans(),
)
def test_a_configured_secret_never_reaches_the_stream(secret: str, *, as_json: bool, debug: bool) -> None:
    """The bytes that are written hold no secret, in either form, with traceback or without."""

    def write() -> None:
        structlog.get_logger().info("logging in", value=secret, nested={"inner": [secret]})
        fail_with(f"refused {secret}")

    assert secret not in write_lines(write, as_json=as_json, secrets=(secret,), debug=debug)
