"""The script of the sample week."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.demo.script import Deletes, Edits, Joins, Leaves, Reacts, Says, Target, read_week

MONDAY = date(2026, 11, 23)
DEMO = Path(__file__).parents[3] / "demo"


def _week(*lines: dict[str, Any], timezone: str = "Asia/Jakarta") -> dict[str, Any]:
    return {"people": {"dewi": "Dewi"}, "communities": {"warung": {"timezone": timezone, "lines": list(lines)}}}


def test_each_kind_of_line_is_an_act_of_its_own() -> None:
    """What stands in the file is what will be done, at the community's own time."""
    at = datetime(2026, 11, 24, 2, 12, tzinfo=UTC)
    who = {"at": "tue 09:12", "as": "dewi"}
    where = {"at": at, "community": "warung", "person": "dewi"}
    week = read_week(
        _week(
            {**who, "join": True},
            {**who, "say": "halo", "id": "a", "to_bot": True, "thread": "t"},
            {**who, "say": "oke", "reply_to": "answer:a"},
            {**who, "react": "👍", "to": "post:panen"},
            {**who, "edit": "halo!", "to": "a"},
            {**who, "delete": True, "to": "a"},
            {**who, "leave": True},
        ),
        monday=MONDAY,
    )
    answer = Target(kind="answer", name="a")
    assert week.acts == (
        Joins(**where),
        Says(**where, text="halo", id="a", reply_to=None, thread="t", to_bot=True),
        Says(**where, text="oke", id=None, reply_to=answer, thread=None, to_bot=False),
        Reacts(**where, emoji="👍", to=Target(kind="post", name="panen")),
        Edits(**where, text="halo!", to=Target(kind="line", name="a")),
        Deletes(**where, to=Target(kind="line", name="a")),
        Leaves(**where),
    )


def test_communities_in_different_zones_are_one_line_of_time() -> None:
    """Nine in London comes after nine in Jakarta."""
    data = _week({"at": "mon 09:00", "as": "dewi", "say": "pagi"})
    data["communities"] = {
        "roasters": {"timezone": "Europe/London", "lines": [{"at": "mon 09:00", "as": "dewi", "say": "morning"}]},
        **data["communities"],
    }
    week = read_week(data, monday=MONDAY)
    assert [(act.community, act.at.hour) for act in week.acts] == [("warung", 2), ("roasters", 9)]
    assert week.communities == ("roasters", "warung")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"at": "someday"}, 'line 2: "someday" is not a moment of the week'),
        ({"as": "budi"}, 'line 2: there is no "budi" under people'),
        ({"shout": "HALO"}, '"shout" does not go with "say"'),
        ({"react": "👍"}, "a line has one of .*; this one has say, react"),
        ({"reply_to": "b"}, 'nobody has said "b" by then'),
        ({"reply_to": "answer:b"}, 'nobody has said "b" by then'),
        ({"reply_to": "email:b"}, '"email:b" names nothing'),
        ({"id": "a"}, 'the id "a" is taken'),
        ({"at": "mon 08:00", "reply_to": "a"}, 'nobody has said "a" by then'),
    ],
)
def test_a_mistake_is_told_with_its_place(changes: dict[str, Any], told: str) -> None:
    """Who writes a script sees where it is wrong and why."""
    first = {"at": "mon 09:00", "as": "dewi", "say": "halo", "id": "a"}
    second = {"at": "mon 10:00", "as": "dewi", "say": "lagi"} | changes
    with pytest.raises(ValueError, match=f"^warung, line 2: .*{told.removeprefix('line 2: ')}"):
        read_week(_week(first, second), monday=MONDAY)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"as": "dewi", "say": "halo"}, '"at" is missing'),
        ({"at": "mon 09:00", "as": "dewi"}, "this one has none"),
        ({"at": "mon 09:00", "as": "dewi", "react": "👍"}, '"to" is missing'),
    ],
)
def test_what_is_missing_is_named(line: dict[str, Any], told: str) -> None:
    """A half line is no act."""
    with pytest.raises(ValueError, match=told):
        read_week(_week(line), monday=MONDAY)


def test_only_lines_are_changed_by_people() -> None:
    """Nobody edits what the bot has said."""
    said = {"at": "mon 09:00", "as": "dewi", "say": "halo", "id": "a"}
    with pytest.raises(ValueError, match="only a line of the script"):
        read_week(_week(said, {"at": "mon 10:00", "as": "dewi", "delete": True, "to": "answer:a"}), monday=MONDAY)


class TestTheSample:
    """What the demo's claims rest on."""

    #: Read by the plain loader: the tests look at the material, not at the configuration's own reader.
    week = read_week(yaml.safe_load((DEMO / "week.yaml").read_text(encoding="utf-8")), monday=MONDAY)

    def test_it_has_questions_thanks_and_talk_in_both_communities(self) -> None:
        """A week is more than questions to a bot."""
        says = [act for act in self.week.acts if isinstance(act, Says)]
        asked = Counter(act.community for act in says if act.to_bot)
        assert self.week.communities == ("warung", "roasters")
        assert len(says) >= 95
        assert min(asked.values()) >= 10
        assert {act.text for act in says} >= {"/teratas", "/me", "/top"}

    def test_every_shared_post_that_is_talked_about_exists(self) -> None:
        """A reaction under a post the blog never had would be lost without a word."""
        slugs = {post["slug"] for post in json.loads((DEMO / "blog.json").read_text(encoding="utf-8"))["posts"]}
        targets = [act.to if isinstance(act, Reacts) else getattr(act, "reply_to", None) for act in self.week.acts]
        talked = {target.name for target in targets if target is not None and target.kind == "post"}
        assert talked != set()
        assert talked <= slugs

    def test_who_talks_most_is_not_who_bridges(self) -> None:
        """The one active in both communities is not the loudest anywhere."""
        says = [act for act in self.week.acts if isinstance(act, Says)]
        places = {person: {act.community for act in says if act.person == person} for person in self.week.people}
        assert [person for person, where in places.items() if len(where) > 1] == ["ratna"]
        loudest = Counter(act.person for act in says).most_common(1)[0][0]
        assert loudest != "ratna"

    def test_no_question_is_copied_from_the_material(self) -> None:
        """People ask in their own words."""
        faq = yaml.safe_load((DEMO / "faq.yaml").read_text(encoding="utf-8"))
        known = {words.casefold() for entry in faq for words in (entry["question"], *entry.get("also", ()))}
        asked = {act.text.casefold() for act in self.week.acts if isinstance(act, Says) and act.to_bot}
        assert known & asked == set()
