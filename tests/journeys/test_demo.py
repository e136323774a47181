"""`konektor demo`, as somebody runs it who wants to know what this is for."""

from __future__ import annotations

import json
from pathlib import Path

from bot.assemble import load_config, read_files
from bot.brand import FaqSource, FolderSource
from bot.demo.home import read_sample_blog, read_sample_week, sample_home
from bot.demo.play import MONDAY
from bot.demo.script import Says
from tests.faults.program import start


async def _demo(folder: Path, *arguments: str) -> str:
    program = await start("demo", *arguments, environment={}, told=folder / "said.txt")
    code = await program.end(within=300)
    assert (code, "Traceback" in program.said) == (0, False), program.said
    return program.said


async def test_the_week_in_figures(tmp_path: Path) -> None:
    """Posts are shared, questions answered from the brand's words, and what is not known is left to a person."""
    figures = json.loads(await _demo(tmp_path, "--json"))
    assert len(figures["shared"]) >= 5
    assert {share["community"] for share in figures["shared"]} == {"warung", "roasters"}
    assert len({(share["community"], share["post"]) for share in figures["shared"]}) == len(figures["shared"])

    assert len(figures["answered"]) >= 10
    material = _material()
    quotes = [citation["quote"] for answer in figures["answered"] for citation in answer["citations"]]
    assert [answer for answer in figures["answered"] if not answer["citations"]] == []
    assert [quote for quote in quotes if not any(_plain(quote) in text for text in material)] == []

    assert len(figures["unsure"]) >= 1
    assert len(figures["handed_over"]) >= 1
    asked = {_plain(act.text) for act in read_sample_week(monday=MONDAY).acts if isinstance(act, Says)}
    assert [left for left in figures["unsure"] if not any(_plain(left["question"]) in text for text in asked)] == []
    answered = {answer["question"] for answer in figures["answered"]}
    assert answered & {left["question"] for left in figures["unsure"]} == set()

    scores = [line["score"] for line in figures["leaderboard"]]
    assert len(scores) >= 3
    assert scores == sorted(scores, reverse=True)
    people = set(read_sample_week(monday=MONDAY).people.values())
    named = [line["member"] for line in figures["leaderboard"] if not line["member"].startswith("member ")]
    assert set(named) <= people & _opted_in()


async def test_the_week_as_a_story(tmp_path: Path) -> None:
    """A person sees who said what, and the figures at the end."""
    story = await _demo(tmp_path)
    blog = read_sample_blog(monday=MONDAY)
    titles = {version.title for versions in blog.posts for version in versions}
    assert sum(title in story for title in titles) >= 5
    assert "Tani" in story
    assert "shared" in story.casefold()
    assert "answered" in story.casefold()


def _opted_in() -> set[str]:
    week = read_sample_week(monday=MONDAY)
    said = [act for act in week.acts if isinstance(act, Says) and act.text.startswith(("/optin", "/ikut"))]
    return {week.people[act.person] for act in said}


def _material() -> list[str]:
    brand = load_config(sample_home() / "config.yaml", {}).brand_or_refuse()
    files = [source for source in brand.sources.values() if isinstance(source, FaqSource | FolderSource)]
    written = [_plain(item.text) for source in files for item in read_files(source, brand)]
    blog = read_sample_blog(monday=MONDAY)
    posts = [_plain(" ".join(version.paragraphs)) for versions in blog.posts for version in versions]
    return written + posts


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
