"""`init`: what it writes holds, and it never writes over anything."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from yamlcore import CCoreLoader  # type: ignore[import-untyped]  # it ships no types

from adapters import catalog
from bot.cli.init import WRITTEN, NewBrand, platforms, read_feed, read_languages, read_name, read_platform, write_files
from tests.cli.driving import Driver, run_process


def list_files(folder: Path) -> list[str]:
    """Return every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_defaults_are_a_configuration_that_holds(konektor: Driver, tmp_path: Path) -> None:
    """`init --yes` writes four files; `check` finds no error in them and `ask` answers from the FAQ."""
    made = konektor("init", tmp_path / "brand", "--yes")

    written = list_files(tmp_path / "brand")
    checked = konektor("check", tmp_path / "brand" / "config.yaml", "--json")
    asked = konektor("ask", "Bagaimana cara menghubungi kalian?", "-c", tmp_path / "brand" / "config.yaml", "--json")

    assert (made.code, written) == (0, sorted(WRITTEN))
    assert made.out.splitlines() == [
        f"wrote {tmp_path / 'brand' / name}"
        for name in ("config.yaml", ".env.example", "config.schema.json", "knowledge/faq.yaml")
    ]
    assert (checked.code, checked.json["errors"]) == (0, [])
    assert asked.json["citations"][0]["item"] == "kontak"
    assert "konektor check" in made.err


def test_nothing_is_overwritten(konektor: Driver, tmp_path: Path) -> None:
    """One file that is there already stops it before anything is written, and is named."""
    (tmp_path / ".env.example").write_text("mine", encoding="utf-8")

    ran = konektor("init", tmp_path, "--yes")

    assert (ran.code, ran.out, list_files(tmp_path)) == (1, "", [".env.example"])
    assert f"{tmp_path / '.env.example'} is there already" in ran.err


@pytest.mark.parametrize("platform", sorted(catalog.kinds()))
def test_a_brand_can_begin_on_every_platform(tmp_path: Path, platform: str) -> None:
    """For each platform there is a start; with its secret given, what is written has no problem at all."""
    brand = NewBrand(name='Kopi "Tani": ${x} #1', platform=platform, languages=("en",), feed="https://kopi.example/f")
    for name, text in write_files(brand).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    secrets = {
        "TELEGRAM_TOKEN": "123456:" + "a" * 35,
        "DISCORD_TOKEN": f"M{'a' * 23}.{'b' * 6}.{'c' * 38}",
        "MATRIX_TOKEN": "syt_" + "a" * 30,
    }

    ran = run_process("check", tmp_path / "config.yaml", "--json", **secrets)

    assert (ran.code, ran.json["errors"], ran.json["warnings"]) == (0, [], [])
    assert any(line.startswith('answers: Kopi "Tani": ${x} #1 answers from blog and faq') for line in ran.json["plan"])


def test_every_platform_has_a_start() -> None:
    """The platforms a brand can begin on are those of the catalogue."""
    assert platforms() == tuple(sorted(catalog.kinds()))


def test_the_five_questions_are_asked_and_mistakes_are_explained(tmp_path: Path) -> None:
    """Answers come from standard input, the questions go to standard error."""
    answers = "Kopi Tani\nen\nsandbox\nhttps://kopi.example/feed.xml\nn\n"

    ran = run_process("init", "new", cwd=tmp_path, stdin=answers)

    config = yaml.load((tmp_path / "new" / "config.yaml").read_text("utf-8"), Loader=CCoreLoader)  # noqa: S506  # plain data only
    jsonschema.validate(config, json.loads((tmp_path / "new" / "config.schema.json").read_text("utf-8")))
    assert ran.code == 0
    assert ran.err.count("?") >= 5
    assert (config["brand"]["id"], config["brand"]["languages"]) == ("kopi-tani", ["en"])
    assert sorted(config["sources"]) == ["blog"]
    assert list_files(tmp_path / "new") == [".env.example", "config.schema.json", "config.yaml"]


@pytest.mark.parametrize("answers", ["", "Kopi\nfr\n", "Kopi\nen\ncarrier pigeon\n", "Kopi\nen\nconsole\nblog\n"])
def test_questions_that_are_not_answered_write_nothing(tmp_path: Path, answers: str) -> None:
    """An end of the input or an answer that is none leaves the folder as it was, and is no traceback."""
    ran = run_process("init", cwd=tmp_path, stdin=answers)

    assert (ran.code, list_files(tmp_path)) == (1, [])
    assert "nothing is written" in ran.err
    assert "Traceback" not in ran.err


@given(st.text(max_size=80))
@settings(max_examples=25)
def test_whatever_is_typed_is_an_answer_or_refused_in_words(text: str) -> None:
    """No answer makes a file that is no YAML, or that says something else than was typed."""
    for read in (read_languages, read_platform, read_feed):
        with contextlib.suppress(ValueError):
            read(text)
    try:
        name = read_name(text)
    except ValueError:
        return
    written = write_files(NewBrand(name=name, platform="console"))["config.yaml"]
    brand = yaml.load(written, Loader=CCoreLoader)["brand"]  # noqa: S506  # plain data only
    assert brand["name"].replace("$${", "${") == name
