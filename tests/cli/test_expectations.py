"""`konektor test`: what holds, what does not and how it is told, and that nothing outside is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.driving import Driver
from tests.rules.repository import ROOT

MORNING = """\
tests:
  - name: {name}
    at: 2031-01-08 09:00
    posts: [{{title: Panen raya, link: "https://kopitani.example/panen"}}]
    expect: [{{community: warung, {expected}}}]
"""
QUESTION = """\
tests:
  - name: asked
    at: 2031-01-08 23:00
    message: {{community: warung, text: {text}}}
    reply: {{{reply}}}
"""


def write(brand: Path, text: str) -> Path:
    """Put tests beside the configuration, whose feed nobody can reach."""
    config = brand.read_text("utf-8").replace("http://127.0.0.1", "http://127.0.0.2")
    # words alone are enough here, and models take their time to load
    brand.write_text(config + "answers: {embedder: none}\n", "utf-8")
    (brand.parent / "brand.test.yaml").write_text(text, "utf-8")
    return brand


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2031-01-08 09:00", "shared: true"),
        ("2031-01-08 09:00", "shared: panen raya HTTPS://kopitani.example/panen"),
        ("2031-01-08T02:00:00+00:00", "shared: true"),
        ("2031-01-08 09:10", "nothing: true"),
        ("2031-01-11 09:00", "nothing: true"),
    ],
)
def test_what_is_expected_of_posts_holds(konektor: Driver, brand: Path, at: str, expected: str) -> None:
    """Slots are those of the configuration, in the community's time; words are found whatever their case."""
    ran = konektor(
        "test", "-c", write(brand, MORNING.format(name="x", expected=expected).replace("2031-01-08 09:00", at))
    )
    assert (ran.code, ran.out) == (0, "ok   x\n")


def test_what_is_held_says_why(konektor: Driver, brand: Path) -> None:
    """A reason that is expected is looked for in the reason that comes."""
    brand.write_text(brand.read_text("utf-8").replace("weekdays 09:00", "weekdays 22:00"), "utf-8")
    text = MORNING.format(name="late", expected="held: quiet hours").replace("09:00", "22:00")
    assert konektor("test", "-c", write(brand, text)).code == 0


def test_what_does_not_hold_is_shown_beside_what_came(konektor: Driver, brand: Path) -> None:
    """With the place of the test; the command has failed, and programs get the same as one document."""
    config = write(brand, MORNING.format(name="wrong", expected="held: quiet"))
    ran, as_json = konektor("test", "-c", config), konektor("test", "-c", config, "--json")
    assert ran.code == as_json.code == 1
    assert ran.out.splitlines() == [
        "FAIL wrong",
        f"     {brand.parent / 'brand.test.yaml'}:2",
        "     - expected warung: held, with “quiet”",
        "     + came     warung: shared “Panen raya https://kopitani.example/panen”",
    ]
    assert ran.err.strip() == "1 test, 1 failed"
    (told,) = as_json.json
    assert (told["name"], told["ok"], told["line"]) == ("wrong", False, 2)
    assert told["differences"][0]["expected"] == "warung: held, with “quiet”"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Do you ship to Bandung?", "answer: two days, cites: ship"),
        ("Do you ship to Bandung?", "answer: true"),
        ("Do you ship to Bandung?", "cites: https://kopitani.example/ship"),
        ("Who won the match in Madrid yesterday?", "unsure: true"),
        ("thanks!", "says: welcome"),
        ("Do you ship to Bandung?, to_bot: false", "silent: true"),
    ],
)
def test_what_is_expected_of_replies_holds(konektor: Driver, brand: Path, text: str, reply: str) -> None:
    """Answers from the material at any hour, silence where the bot was not spoken to."""
    ran = konektor("test", "-c", write(brand, QUESTION.format(text=text, reply=reply)))
    assert (ran.code, ran.out) == (0, "ok   asked\n")


@pytest.mark.parametrize(
    ("reply", "came"),
    [
        ("silent: true", "+ came     an answer “We ship to Bandung within two days."),
        ("cites: refund", "which cites https://kopitani.example/ship, ship"),
        ("answer: three days", "- expected an answer with “three days”"),
    ],
)
def test_another_reply_is_shown(konektor: Driver, brand: Path, reply: str, came: str) -> None:
    """What it said, and what it cited."""
    ran = konektor("test", "-c", write(brand, QUESTION.format(text="Do you ship to Bandung?", reply=reply)))
    assert ran.code == 1
    assert came in ran.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MORNING.format(name="x", expected="shard: true"), '5:34: error: no key "shard" here; did you mean "shared"?'),
        (MORNING.format(name="x", expected="held: a, shared: b"), "say one of shared, held, skipped or nothing"),
        (MORNING.format(name="x", expected="shared: true").replace("warung", "warnug"), 'did you mean "warung"?'),
        (MORNING.format(name="x", expected="shared: true").replace("09:00", "25:00"), "is no date and time"),
        (QUESTION.format(text="a", reply="silent: true").replace("    reply: {silent: true}\n", ""), "goes with reply"),
        ("", "this file is empty"),
        ("tests: [*all]", "alias"),
    ],
)
def test_a_mistake_in_a_test_is_told_at_its_place(konektor: Driver, brand: Path, text: str, said: str) -> None:
    """As a mistake of the configuration is, and with the same exit code."""
    ran = konektor("test", "-c", write(brand, text))
    assert ran.code == 3
    assert said in ran.err
    assert "brand.test.yaml:" in ran.err


def test_without_tests_it_says_where_they_belong(konektor: Driver, brand: Path) -> None:
    """Nothing tried is not success."""
    ran = konektor("test", "-c", brand)
    assert ran.code == 2
    assert "*.test.yaml" in ran.err


def test_trying_keeps_nothing(konektor: Driver, brand: Path) -> None:
    """The brand's own database is not even made."""
    before = {path.name for path in brand.parent.rglob("*")} | {"brand.test.yaml"}
    konektor("test", "-c", write(brand, MORNING.format(name="x", expected="shared: true")))
    assert {path.name for path in brand.parent.rglob("*")} == before


def test_the_sample_does_what_is_expected_of_it(konektor: Driver) -> None:
    """The file beside config.yaml is true."""
    ran = konektor("test", "-c", ROOT / "config.yaml", "--json")
    assert [one["name"] for one in ran.json if not one["ok"]] == []
