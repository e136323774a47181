"""`ask`: one answer, or JSON Lines in and JSON Lines out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.driving import Driver, run_process

KEYS = (
    "id",
    "verdict",
    "answer",
    "confidence",
    "citations",
    "candidates",
    "language",
    "reason",
    "ms",
)


def test_an_answer_comes_with_its_source(konektor: Driver, brand: Path) -> None:
    """The answer is the brand's own text, with where it stands."""
    ran = konektor("ask", "Do you ship to Bandung?", "-c", brand, "--json")

    assert (ran.code, tuple(ran.json)) == (0, KEYS)
    assert (ran.json["verdict"], ran.json["answer"]) == ("answered", "We ship to Bandung within two days.")
    assert [tuple(citation) for citation in ran.json["citations"]] == [("source", "item", "title", "url", "quote")]
    assert ran.json["citations"][0]["item"] == "ship"
    assert [tuple(candidate) for candidate in ran.json["candidates"]] == [("source", "item", "score")]


def test_people_read_the_answer_and_where_it_is_from(konektor: Driver, brand: Path) -> None:
    """The answer and its source on standard output; how sure it is beside it."""
    ran = konektor("ask", "Do you ship to Bandung?", "-c", brand)
    unsure = konektor("ask", "Who won the football match?", "-c", brand)

    assert ran.out.splitlines() == [
        "We ship to Bandung within two days.",
        "  — Do you ship to Bandung? (https://kopitani.example/ship)",
    ]
    assert "answered, confidence" in ran.err
    assert (unsure.code, unsure.out) == (0, "the bot would say that it does not know\n")


def test_a_batch_keeps_order_and_ids(brand: Path) -> None:
    """Each line is answered under its own id, or its number; a line that is none is told and the others go on."""
    asked = [
        '{"id": "b", "question": "Do you ship to Bandung?"}',
        "",
        '{"question": "Who won the football match?", "language": "en"}',
        "{nonsense",
        '{"id": 7}',
        '{"id": null, "question": "halo", "language": "id"}',
        '{"id": "x", "question": "hello", "language": 3}',
    ]

    ran = run_process("ask", "--batch", "-", "-c", brand, stdin="\n".join(asked))

    assert ran.code == 1
    assert [line.get("id") for line in ran.json_lines] == ["b", 3, None, None, None, None]
    assert [line.get("line") for line in ran.json_lines] == [None, None, 4, 5, None, 7]
    assert [line.get("verdict") for line in ran.json_lines] == ["answered", "unsure", None, None, "silent", None]
    assert all(tuple(line) in (KEYS, ("id", "line", "error")) for line in ran.json_lines)


def test_a_batch_comes_from_a_file_as_well(konektor: Driver, brand: Path, tmp_path: Path) -> None:
    """--batch FILE reads UTF-8, with or without a byte order mark."""
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps({"id": "a", "question": "Do you ship to Bandung?"}) + "\n", encoding="utf-8-sig")

    ran = konektor("ask", "--batch", batch, "-c", brand)

    assert (ran.code, [line["id"] for line in ran.json_lines]) == (0, ["a"])


def test_a_batch_that_is_not_there_is_a_mistake_of_use(konektor: Driver, brand: Path, tmp_path: Path) -> None:
    """It is told as JSON, since a batch is for programs."""
    ran = konektor("ask", "--batch", tmp_path / "none.jsonl", "-c", brand)

    assert (ran.code, ran.json["ok"], ran.json["kind"]) == (2, False, "Misused")


def test_one_question_or_a_batch(konektor: Driver, brand: Path) -> None:
    """Neither, or both, is a mistake of use."""
    assert konektor("ask", "-c", brand).code == 2
    assert konektor("ask", "What?", "--batch", "-", "-c", brand).code == 2
