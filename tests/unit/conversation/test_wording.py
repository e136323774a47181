"""The sentences members read exist in every language and mean the same."""

from __future__ import annotations

import io
import re
import string
from dataclasses import replace
from importlib.resources import files

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from bot.conversation.commands import COMMANDS, commands_for, find_command
from bot.conversation.wording import LANGUAGES, TextKey, Wording
from tests.unit.conversation.sample import BRAND


def read_catalogue(language: str) -> dict[str, str]:
    """Read the catalogue people edit."""
    raw = (files("bot") / "locale" / language / "LC_MESSAGES" / "konektor.po").read_bytes()
    return {m.id: m.string for m in read_po(io.BytesIO(raw), locale=language) if m.id}  # type: ignore[misc] # no plurals


def placeholders(sentence: str) -> list[str]:
    """List the values a sentence names, Jinja2's in the share template."""
    if "{{" in sentence:
        return sorted(re.findall(r"\{\{.*?\}\}", sentence))
    return sorted({name for _, name, _, _ in string.Formatter().parse(sentence) if name})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_with_the_same_placeholders(language: str) -> None:
    """No key is missing, none is left over, and each names the same values as in English."""
    catalogue = read_catalogue(language)
    assert sorted(catalogue) == sorted(key.value for key in TextKey)
    for sentence, translation in catalogue.items():
        assert translation
        assert placeholders(translation) == placeholders(sentence)


def test_indonesian_is_a_language_of_its_own() -> None:
    """Every sentence is really translated, but those that are only a layout."""
    same = {key for key in TextKey if read_catalogue("id")[key.value] == key.value}
    assert same == {TextKey.TOP_LINE, TextKey.TOP_LINE_LEVEL}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_runs_is_what_was_written(language: str) -> None:
    """The compiled catalogue says what the readable one says; if not, run pybabel compile."""
    raw = (files("bot") / "locale" / language / "LC_MESSAGES" / "konektor.mo").read_bytes()
    assert {m.id: m.string for m in read_mo(io.BytesIO(raw)) if m.id} == read_catalogue(language)


@given(brand=st.text(), language=st.sampled_from(LANGUAGES))
def test_values_are_data(brand: str, language: str) -> None:
    """Braces, percent signs and anything else in a name come out as they went in."""
    said = Wording(language).text(TextKey.UNSURE, brand=brand)
    before, after = Wording(language).text(TextKey.UNSURE, brand="\0").split("\0")
    assert said == before + brand + after


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_built_in_share_template_renders(language: str) -> None:
    """A campaign without a template of its own still has a title, a short summary and the link."""
    template = SandboxedEnvironment(undefined=StrictUndefined).from_string(Wording(language).share_template())
    said = template.render(post={"title": "Seduh pagi", "summary": "kata " * 100}, link="https://x.example/1")
    first, summary, link = said.split("\n\n")
    assert first.endswith(": Seduh pagi")
    assert len(summary) <= 180
    assert link == "https://x.example/1"


def test_a_missing_value_is_not_hidden() -> None:
    """A sentence with a hole in it is never said."""
    with pytest.raises(KeyError, match="brand"):
        Wording("id").text(TextKey.UNSURE)


def test_a_language_without_a_catalogue_speaks_english() -> None:
    """A region is left aside, and a language nobody wrote falls back."""
    assert [Wording(tag).language for tag in ("id-ID", "en-GB", "jv")] == ["id", "en", "en"]


def test_every_command_is_found_by_each_of_its_names() -> None:
    """Members need not know which language the community speaks."""
    for spec in COMMANDS:
        for typed in (spec.name, *spec.names.values(), f"/{spec.name.upper()}"):
            assert find_command(typed) == spec.name
    assert find_command("roll") is None


def test_command_names_and_descriptions_fit_every_menu() -> None:
    """Names are up to 32 ASCII letters, all different; each language has a description of up to 100 characters."""
    names = [name for spec in COMMANDS for name in (spec.name, *spec.names.values())]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]{1,32}", name) for name in names)
    for spec in COMMANDS:
        assert sorted(spec.descriptions) == sorted(LANGUAGES)
        assert all(0 < len(text) <= 100 for text in spec.descriptions.values())


def test_a_menu_shows_what_a_brand_answers() -> None:
    """What it withholds is not there; a question by command is for direct talks where groups get no answer to it."""
    silent = replace(BRAND.answers, speak_when=frozenset({"mention"}), handoff=None)
    withheld = replace(BRAND, answers=silent, privacy=replace(BRAND.privacy, members_can=frozenset({"export"})))
    everything = {spec.name for spec in COMMANDS}
    assert {spec.name for spec in commands_for(BRAND)} == everything
    assert {spec.name for spec in commands_for(withheld)} == everything - {"person", "forgetme"}
    assert [spec.name for spec in commands_for(BRAND) if spec.only_direct] == ["mydata"]
    assert [spec.name for spec in commands_for(withheld) if spec.only_direct] == ["ask", "mydata"]
