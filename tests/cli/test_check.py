"""`check` and `schema`: every mistake at once with its place, then the plan in plain words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from yamlcore import CCoreLoader  # type: ignore[import-untyped]  # it ships no types

from bot.assemble import reference_text
from tests.cli.driving import Driver, surroundings
from tests.rules.repository import ROOT

BROKEN = """\
version: 1
brand: {name: Kopi Tani, langauges: [id, en]}
defaults: {timezone: Asia/Jakrta, quiet_hours: "25:00-07:00", max_posts: many}
communities:
  warung: {platform: sandbox, language: xx}
  roasters: {platform: sandbx}
  lounge: {language: en}
sources:
  blog: {type: feed, url: kopitani.example/feed.xml}
  faq: {type: faq, path: missing.yaml}
  odd: {type: podcast}
campaigns:
  one: {from: blgo, to: [warnug], when: someday 09:00}
  two:
    from: blog
    to: [warung]
    when: weekdays 09:00
    template: "{{ post.titel }}"
    filter: {include_title: ["("]}
  three: {from: blog, to: [warung], when: weekdays 09:00, digest: {period: never}}
answers: {handoff: {to: nobody}, confidence: 7}
privacy: {store_text: some, keep: {events: soon}}
"""

#: line:column of what is wrong above, and a word of what is said of it.
PLANTED = {
    (2, 26): "langauges",
    (3, 22): "Jakrta",
    (3, 48): "25:00",
    (3, 74): "many",
    (5, 41): "xx",
    (6, 24): "sandbx",
    (7, 3): "platform",
    (9, 27): "http",
    (10, 26): "missing.yaml",
    (11, 15): "podcast",
    (13, 15): "blgo",
    (13, 26): "warnug",
    (13, 41): "someday",
    (18, 15): "titel",
    (19, 30): "(",
    (20, 76): "never",
    (21, 25): "nobody",
    (21, 46): "confidence",
    (22, 23): "some",
    (22, 44): "soon",
}


def test_every_planted_error_is_listed_in_one_run(konektor: Driver, tmp_path: Path) -> None:
    """Twenty mistakes of different kinds are each told with line and column, sorted, and nothing is planned."""
    config = tmp_path / "config.yaml"
    config.write_text(BROKEN, encoding="utf-8")

    ran = konektor("check", config, "--json")

    places = [(error["line"], error["column"]) for error in ran.json["errors"]]
    told = {place: f"{one['message']} {one['hint']}" for place, one in zip(places, ran.json["errors"], strict=True)}
    untold = {place: word for place, word in PLANTED.items() if word not in told.get(place, "")}
    assert (ran.code, ran.json["ok"], ran.json["plan"], untold) == (3, False, [], {})
    assert places == sorted(places)
    assert {error["file"] for error in ran.json["errors"]} == {str(config)}


def test_people_read_the_same_errors_with_the_line_itself(konektor: Driver, tmp_path: Path) -> None:
    """For people each error is `file:line:column: error: …` with the line and a caret, on standard error alone."""
    config = tmp_path / "config.yaml"
    config.write_text(BROKEN, encoding="utf-8")

    ran = konektor("check", config)

    assert (ran.code, ran.out) == (3, "")
    assert f"{config}:13:26: error: " in ran.err
    assert 'did you mean "warung"?' in ran.err
    assert "  one: {from: blgo, to: [warnug], when: someday 09:00}\n                         ^\n" in ran.err
    assert "nothing is started" in ran.err.splitlines()[-1]


def test_mistakes_in_an_faq_are_told_with_their_place(konektor: Driver, brand: Path) -> None:
    """What a source's file holds is checked with the configuration, each mistake in its own file."""
    faq = brand.with_name("faq.yaml")
    faq.write_text("- id: a\n  question: What?\n- id: a\n  question: Why?\n  answr: Because.\n", encoding="utf-8")

    ran = konektor("check", "-c", brand, "--json")

    assert ran.code == 3
    assert {(Path(one["file"]).name, one["line"]) for one in ran.json["errors"]} >= {("faq.yaml", 1), ("faq.yaml", 5)}


def test_a_document_that_cannot_be_read_is_a_warning(konektor: Driver, brand: Path) -> None:
    """A folder's other documents are read without it, so it stops nothing, unless --strict is asked for."""
    folder = brand.with_name("docs")
    folder.mkdir()
    (folder / "broken.md").write_bytes(b"\xff\xfe\xff")
    with brand.open("a", encoding="utf-8") as file:
        file.write("answers: {from: [faq]}\n")
    brand.write_text(brand.read_text("utf-8").replace("  faq:", "  docs: {type: folder, path: docs}\n  faq:"), "utf-8")

    ran = konektor("check", brand, "--json")
    strict = konektor("check", brand, "--json", "--strict")

    assert (ran.code, strict.code, ran.json["ok"], ran.json["errors"]) == (0, 4, True, [])
    assert any("broken.md" in warning["message"] for warning in ran.json["warnings"])


def test_the_plan_is_told_in_plain_words(konektor: Driver, brand: Path) -> None:
    """A line a community and a campaign: where, when in its own time, and what is next; the next command is named."""
    ran = konektor("check", brand)
    as_json = konektor("check", brand, "--json")

    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[0] == (
        "warung: on sandbox, speaks Indonesian, at most 2 posts per day, quiet 21:00\N{EN DASH}07:00 (Jakarta time)"
    )
    assert lines[1].startswith("new-posts: Mon\N{EN DASH}Fri 09:00 WIB, next ")
    assert sorted(as_json.json) == ["errors", "ok", "plan", "warnings"]
    assert [line.partition(":")[0] for line in as_json.json["plan"]] == [line.partition(":")[0] for line in lines]
    assert "`konektor plan`" in ran.err


def test_a_look_online_reports_each_platform_that_can_be_looked_at(konektor: Driver, brand: Path) -> None:
    """--online adds what was seen by platform; the sandbox has nothing to log in to."""
    ran = konektor("check", brand, "--online", "--json")

    assert (ran.code, ran.json["online"]) == (0, {})


def test_the_sample_configuration_holds(konektor: Driver) -> None:
    """The configuration at the root has no error, by `check` and by the schema editors use."""
    ran = konektor("check", ROOT / "config.yaml", "--json")
    schema = json.loads((ROOT / "config.schema.json").read_text("utf-8"))
    data = yaml.load((ROOT / "config.yaml").read_text("utf-8"), Loader=CCoreLoader)  # noqa: S506  # plain data only

    jsonschema.validate(data, schema)
    assert (ran.code, ran.json["errors"]) == (0, [])


def test_the_committed_schema_is_the_one_printed(konektor: Driver) -> None:
    """config.schema.json is what `konektor schema` prints; `konektor schema > config.schema.json` makes it again."""
    assert konektor("schema").out == (ROOT / "config.schema.json").read_text("utf-8")


def test_the_committed_reference_is_current() -> None:
    """docs/configuration.md is what the models say; `make reference` makes it again."""
    assert reference_text() == (ROOT / "docs" / "configuration.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        (
            ["check"],
            {"sqlalchemy", "numpy", "bm25s", "aiohttp", "apscheduler", "structlog", "telegram", "discord", "rich"}
            | {"asyncio", "bot.ports.records"},
        ),
        (["ask", "Do you ship?"], {"aiohttp", "apscheduler", "telegram", "discord"}),
    ],
)
def test_start_up_stays_light(command: list[str], heavy: set[str], brand: Path) -> None:
    """What a command does not need is not loaded."""
    code = (
        "import sys; from bot.cli.start import start; start(sys.argv[1:]); "
        f"print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", code, *command, "-c", str(brand)],
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr.splitlines()[-1] == "[]"
