"""`konektor ask`: one answer, or a batch of them, without any platform."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.brand import Brand
from bot.cli.exits import USAGE
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_json_line, print_line, tell
from bot.cli.running import read_config, reporting, run, set_up_logs
from bot.errors import SettingsFault

if TYPE_CHECKING:
    from bot.flows.ask_material import AskMaterial


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option("--batch", help='JSON Lines of {"id", "question", "language"?}; - for standard input.'),
    ] = None,
    language: Annotated[str | None, typer.Option("--language", help="The asker's language (id, en…).")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Answer from the brand's own material, with the source, or say that it is not known."""
    if (question is None) == (batch is None):
        tell('ask one question ("…"), or a file of them (--batch FILE)')
        raise typer.Exit(USAGE)
    set_up_logs(debug=debug)
    with reporting(as_json=as_json or batch is not None, debug=debug):
        brand = read_config(config)

    if batch is not None:
        run(lambda: _answer_batch(brand, batch, language), as_json=True, debug=debug)
        return
    said = run(lambda: _answer_one(brand, question or "", language), as_json=as_json, debug=debug)
    if as_json:
        print_json({"id": None, **said})
        return
    print_line(said["answer"] or _unanswered(said))
    for citation in said["citations"]:
        print_line(f"  — {citation['title']}" + (f" ({citation['url']})" if citation["url"] else ""))
    tell(f"{said['verdict']}, confidence {said['confidence']:.2f}: {said['reason']}")


async def _answer_one(brand: Brand, question: str, language: str | None) -> dict[str, Any]:
    """Answer with the embedder that is the quickest to load: one question is no reason to wait for the others."""
    async with _asking(brand, most_embedders=1) as ask:
        return await _answer(ask, question, language)


async def _answer_batch(brand: Brand, batch: Path, language: str | None) -> None:
    async with _asking(brand, most_embedders=None) as ask:
        for number, asked in enumerate(_read_batch(batch), start=1):
            said = await _answer(ask, asked["question"], asked.get("language", language))
            print_json_line({"id": asked.get("id", number), **said})


@asynccontextmanager
async def _asking(brand: Brand, *, most_embedders: int | None) -> AsyncIterator[AskMaterial]:
    """Open what answers; material that no service has embedded before is embedded now, once."""
    from bot.assemble import assembled, read_files
    from bot.flows.ask_material import AskMaterial
    from bot.flows.gather_knowledge import GatherKnowledge

    async with assembled(brand) as parts:
        embedders = parts.embedders[:most_embedders]
        gather = GatherKnowledge(parts.brand, store=parts.store, read_files=read_files, embedders=embedders)
        knowledge = await gather(embed_first=True)
        yield AskMaterial(lambda: knowledge, embedders=embedders)


async def _answer(ask: AskMaterial, question: str, language: str | None) -> dict[str, Any]:
    began = time.perf_counter()
    answer = await ask(question, language=language)
    return {
        "verdict": answer.verdict,
        "answer": answer.text,
        "confidence": round(answer.confidence, 4),
        "citations": [
            {"source": c.source, "item": c.item, "title": c.title, "url": c.url, "quote": c.quote}
            for c in answer.citations
        ],
        "candidates": [
            {"source": found.item.source, "item": found.item.item, "score": round(found.score, 4)}
            for found in answer.candidates
        ],
        "language": answer.language,
        "reason": answer.reason,
        "ms": round((time.perf_counter() - began) * 1000, 1),
    }


def _unanswered(said: dict[str, Any]) -> str:
    nearest = said["candidates"][0]["item"] if said["candidates"] else None
    return "not answered" + (f"; the nearest is {nearest}" if nearest else "")


def _read_batch(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsFault(f"{path}: could not be read ({error}); name a file of JSON Lines in UTF-8") from error
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except json.JSONDecodeError as error:
            raise SettingsFault(f"{path}:{number}:{error.colno}: not JSON ({error.msg}); one object a line") from error
        if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
            raise SettingsFault(f'{path}:{number}: no question; write {{"id": "1", "question": "…"}}')
        yield asked
