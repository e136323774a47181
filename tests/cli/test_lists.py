"""The commands that list something: the shape of their JSON, and the words where there is nothing to list."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.driving import Driver

#: A Wednesday far ahead, at the slot of the small brand's campaign.
SLOT = "2031-01-08T09:00+07:00"


def test_the_plan_names_when_where_what_and_why(konektor: Driver, brand: Path) -> None:
    """Each slot to come is a line with its moment in UTC and as the community's clock shows it."""
    ran = konektor("plan", "-c", brand, "--days", "7", "--json")

    assert ran.code == 0
    assert len(ran.json) == 5
    assert {tuple(line) for line in ran.json} == {("at", "local", "community", "campaign", "post", "verdict", "reason")}
    assert all(datetime.fromisoformat(line["at"]).utcoffset() is not None for line in ran.json)
    assert all(line["local"].endswith("09:00 WIB") for line in ran.json)


def test_planning_uses_up_nothing(konektor: Driver, brand: Path) -> None:
    """Looked at twice, the plan is the same, posts included."""
    konektor("poll", "-c", brand)

    first = konektor("plan", "-c", brand, "--json")
    second = konektor("plan", "-c", brand, "--json")

    assert first.json[0]["post"] == "Panen raya di Gayo"
    assert [line["verdict"] for line in first.json] == ["share", "nothing", "nothing", "nothing", "nothing"]
    assert first.json == second.json


def test_polling_says_of_each_item_whether_it_is_new_and_why(konektor: Driver, brand: Path) -> None:
    """The first reading finds the item new, the second finds it the same, each with the evidence."""
    first = konektor("poll", "-c", brand, "--json")
    second = konektor("poll", "-c", brand, "--source", "blog", "--json")

    assert (first.code, second.code) == (0, 0)
    assert [tuple(line) for line in first.json] == [
        ("source", "verdict", "title", "link", "published_at", "reason", "evidence")
    ]
    assert [line["verdict"] for line in first.json + second.json] == ["new", "same"]
    assert second.json[0]["evidence"]


def test_a_feed_that_cannot_be_read_is_a_line_of_the_list(konektor: Driver, brand: Path, blog: str) -> None:
    """The list stays one document; the feed that failed is in it with the reason, and the command has failed."""
    brand.write_text(brand.read_text("utf-8").replace("/feed.xml", "/gone.xml"), "utf-8")

    ran = konektor("poll", "-c", brand, "--json")
    shared = konektor("share", "--once", "-c", brand, "--json")
    for_people = konektor("poll", "-c", brand)

    assert (ran.code, shared.code, for_people.code) == (1, 1, 1)
    assert [(line["source"], line["verdict"]) for line in ran.json] == [("blog", "failed")]
    assert [line["verdict"] for line in shared.json] == ["failed"]
    assert f"{blog}/gone.xml" in ran.json[0]["reason"]
    assert for_people.out == ""
    assert len([line for line in for_people.err.splitlines() if "gone.xml" in line]) == 1


def test_a_dry_pass_uses_up_no_slot(konektor: Driver, brand: Path) -> None:
    """Two dry passes show the same; the pass that sends still has it to share, and only then is it used up."""
    dry = konektor("share", "--once", "--at", SLOT, "-c", brand, "--json")
    again = konektor("share", "--once", "--at", SLOT, "-c", brand, "--json")
    sent = konektor("share", "--once", "--at", SLOT, "--send", "-c", brand, "--json")
    after = konektor("share", "--once", "--at", SLOT, "--send", "-c", brand, "--json")

    line = {
        "at": datetime.fromisoformat(SLOT).astimezone(UTC).isoformat(),
        "community": "warung",
        "campaign": "new-posts",
        "post": "Panen raya di Gayo",
        "verdict": "share",
        "reason": dry.json[0]["reason"],
        "text": "Panen raya di Gayo https://kopitani.example/panen",
    }
    assert [ran.code for ran in (dry, again, sent, after)] == [0, 0, 0, 0]
    assert (dry.json, again.json, sent.json, after.json) == ([line], [line], [line], [])


def test_a_dry_pass_says_that_it_is_one(konektor: Driver, brand: Path) -> None:
    """People are told what would be shared, that nothing was, and how to do it."""
    ran = konektor("share", "--once", "--at", SLOT, "-c", brand)

    assert "Panen raya di Gayo" in ran.out
    assert "--send" in ran.err


def test_when_the_feed_is_read_again_does_not_hang_on_the_moment_asked_about(konektor: Driver, brand: Path) -> None:
    """A pass made for next year leaves the next reading of the feed where it belongs: it is not asked for then."""
    konektor("share", "--once", "--at", SLOT, "-c", brand)

    ran = konektor("poll", "-c", brand, "--json")

    assert [line["verdict"] for line in ran.json] == ["same"]


def test_pausing_and_resuming(konektor: Driver, brand: Path) -> None:
    """What is paused is listed with its reason until it is let go under the same name."""
    everything = konektor("pause", "-c", brand, "--json")
    one = konektor("pause", "warung", "--why", "libur", "-c", brand, "--json")
    left = konektor("resume", "-c", brand, "--json")
    for_people = konektor("resume", "-c", brand)
    nothing = konektor("resume", "warung", "-c", brand, "--json")

    assert [tuple(pause) for pause in everything.json] == [("scope", "key", "since", "until", "reason")]
    assert [(pause["scope"], pause["key"]) for pause in one.json] == [("all", ""), ("community", "warung")]
    assert [(pause["key"], pause["reason"]) for pause in left.json] == [("warung", "libur")]
    assert "`konektor resume warung` ends it" in for_people.out
    assert "there was no pause of everything" in for_people.err
    assert nothing.json == []


def test_communities_are_listed_before_anything_was_said_there(konektor: Driver, brand: Path) -> None:
    """Nobody knows yet how welcome the bot is, and the account holds what it starts with."""
    ran = konektor("communities", "-c", brand, "--json")
    for_people = konektor("communities", "-c", brand)

    (warung,) = ran.json
    assert (warung["community"], warung["acceptance"], warung["budget"]) == ("warung", None, 3.0)
    assert [week["acceptance"] for week in warung["by_week"]] == [None] * 9
    assert "3 left after 0 helpful answers and 0 bad receptions in 90 days" in for_people.out


@pytest.mark.parametrize("command", [["members"], ["connectors"], ["outbox"], ["outbox", "--unknown"]])
def test_an_empty_list_is_a_list(konektor: Driver, brand: Path, command: list[str]) -> None:
    """With nothing to list, programs get [] and people a sentence on standard error."""
    as_json = konektor(*command, "-c", brand, "--json")
    for_people = konektor(*command, "-c", brand)

    assert (as_json.code, as_json.json, for_people.out) == (0, [], "")
    assert for_people.err.strip()


@pytest.mark.parametrize(
    "command",
    [
        ["members", "--community", "nowhere"],
        ["connectors", "--community", "nowhere"],
        ["chat", "--community", "nowhere"],
        ["poll", "--source", "nowhere"],
        ["pause", "nowhere"],
        ["resume", "nowhere"],
        ["outbox", "resend", "nowhere"],
        ["outbox", "drop", "nowhere"],
    ],
)
def test_a_name_that_is_not_there_is_a_mistake_of_use(konektor: Driver, brand: Path, command: list[str]) -> None:
    """It ends with 2 and says which names there are."""
    ran = konektor(*command, "-c", brand)

    assert (ran.code, ran.out) == (2, "")
    assert "nowhere" in ran.err
    assert any(word in ran.err for word in ("warung", "blog", "`konektor outbox`"))
