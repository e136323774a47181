"""`konektor ask`: one answer, or a batch of them, without any platform."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from bot.brand import Brand
from bot.cli.exits import FAILED, Misused
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_json_line, print_line, tell
from bot.cli.running import read_config, set_up_logs

if TYPE_CHECKING:
    from bot.flows.ask_material import AskMaterial

#: A question and its language, or None, to what the command prints of its answer.
Answering: TypeAlias = Callable[[str, str | None], dict[str, Any]]

#: The name that means standard input.
_STANDARD_INPUT = "-"


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.", show_default=False)] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help='JSON Lines of {"id", "question", "language"?}; - for standard input. Answers are JSON Lines as well.',
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="The asker's language (id, en…).")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Answer from the brand's own material, with the source, or say that it is not known."""
    if (question is None) == (batch is None):
        raise Misused('give one question ("…"), or a file of them (--batch FILE)')
    set_up_logs(debug=debug)
    brand = read_config(config)

    if batch is not None:
        with _open_batch(batch) as lines, _answering(brand, most_embedders=None) as answer:
            all_read = _answer_all(lines, answer, language, name=str(batch))
        if not all_read:
            raise typer.Exit(FAILED)
        return
    # the embedder that is the quickest to load: one question is no reason to wait for the others
    with _answering(brand, most_embedders=1) as answer:
        said = answer(question or "", language)
    if as_json:
        print_json({"id": None, **said})
    else:
        _show(said)


@contextmanager
def _answering(brand: Brand, *, most_embedders: int | None) -> Iterator[Answering]:
    """Open what answers. Its loop runs for a question at a time, so that Ctrl-C ends a wait for the next one."""
    import asyncio

    from bot.assemble import asking

    closing = AsyncExitStack()
    with asyncio.Runner() as runner:
        try:
            material = runner.run(closing.enter_async_context(asking(brand, most_embedders=most_embedders)))
            yield lambda question, language: runner.run(_answer(material, question, language))
        finally:
            runner.run(closing.aclose())


async def _answer(material: AskMaterial, question: str, language: str | None) -> dict[str, Any]:
    began = time.perf_counter()
    answer = await material(question, language=language)
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


def _show(said: dict[str, Any]) -> None:
    if said["answer"]:
        print_line(said["answer"])
        for citation in said["citations"]:
            print_line(f"  — {citation['title']}" + (f" ({citation['url']})" if citation["url"] else ""))
    elif said["verdict"] == "silent":
        print_line("the bot would not look for an answer here")
    else:
        print_line("the bot would say that it does not know")
        if said["candidates"]:
            nearest = said["candidates"][0]
            tell(f"nearest: {nearest['item']} in {nearest['source']}; another way of asking (`also:`) brings it nearer")
    tell(f"{said['verdict']}, confidence {said['confidence']:.2f}: {said['reason']}")


@contextmanager
def _open_batch(path: Path) -> Iterator[Iterable[str]]:
    if str(path) == _STANDARD_INPUT:
        yield sys.stdin
        return
    try:
        file = path.open(encoding="utf-8-sig")
    except OSError as error:
        raise Misused(f"{path}: can't be read ({error.strerror}); name a file of JSON Lines") from error
    with file:
        yield file


def _answer_all(lines: Iterable[str], answer: Answering, language: str | None, *, name: str) -> bool:
    """Answer each line as soon as it is read; return whether every line held a question.

    A line that does not is answered with its number and what is wrong with it, and the others go on.
    """
    all_read = True
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            asked = _read_line(line)
            if isinstance(asked, str):
                all_read = False
                print_json_line({"id": None, "line": number, "error": f"{name}:{number}: {asked}"})
                continue
            said = answer(asked["question"], asked.get("language") or language)
            print_json_line({"id": asked.get("id", number), **said})
    except UnicodeDecodeError:
        print_json_line({"id": None, "line": number + 1, "error": f"{name}: not UTF-8 text; save it as UTF-8"})
        return False
    return all_read


def _read_line(line: str) -> dict[str, Any] | str:
    """Return what one line asks, or what is wrong with it."""
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as error:
        return f"not JSON ({error.msg}, column {error.colno}); write one object a line"
    except RecursionError:
        return "nested too deep; write one flat object a line"
    if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
        return 'no question; write {"id": "1", "question": "…"}'
    if not isinstance(asked.get("language"), str | None):
        return 'the language is no code; write "language": "id"'
    return asked
