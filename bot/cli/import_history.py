"""`konektor import`: chat history from files becomes part of the log."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Misused
from bot.cli.files import opened
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs
from bot.errors import SettingsFault

if TYPE_CHECKING:
    from bot.engagement.history.found import Unreadable
    from bot.flows.import_history import ImportCount

#: How many unreadable messages of a file are told one by one.
_TOLD = 20


def import_history(
    files: Annotated[
        list[Path],
        typer.Argument(help="Exports of chats as JSON documents, or JSON Lines, in any mixture.", metavar="FILE…"),
    ],
    basis: Annotated[
        str, typer.Option("--basis", help="Why this history may be used: kept with it. For example: members were told.")
    ],
    community: Annotated[
        str | None, typer.Option("--community", help="The key of the community it all belongs to.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Take chat history into the log; done again, it only adds what is new.

    It reads Telegram Desktop exports (result.json), DiscordChatExporter JSON, and JSON Lines.
    """
    set_up_logs(debug=debug)
    brand = read_config(config)
    if not basis.strip():
        raise Misused('--basis is empty; say why this history may be used, such as "the members agreed"')
    unreadable = _Unreadable()

    async def take_in() -> ImportCount:
        from bot.assemble import assembled, importer

        counted = None
        with _progress(files) as moved:
            async with assembled(brand) as parts:
                take_file = importer(parts, complain=unreadable.add, moved=moved)
                for path in files:
                    with opened(path, wanted="a file of chat history") as file:
                        count = await take_file(file, name=str(path), basis=basis.strip(), community=community)
                    counted = count if counted is None else counted + count
        if counted is None:
            raise SettingsFault("name at least one file")
        return counted

    try:
        counted = run(take_in)
    finally:
        unreadable.tell()
    if as_json:
        print_json({**dataclasses.asdict(counted), "communities": sorted(counted.communities)})
    else:
        tell(_say(counted))


class _Unreadable:
    """What could not be read: the first of each file one by one, the others counted."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}

    def add(self, name: str, found: Unreadable) -> None:
        """Tell of one, unless there were many."""
        self._count[name] = self._count.get(name, 0) + 1
        if self._count[name] <= _TOLD:
            tell(f"{name}:{found.line}: {found.reason}")

    def tell(self) -> None:
        """Tell how many there were beside those."""
        for name, count in self._count.items():
            if count > _TOLD:
                tell(f"{name}: {count - _TOLD} more could not be read")


@contextmanager
def _progress(files: list[Path]) -> Iterator[Callable[[int], None]]:
    """Show how far reading has come, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _read: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        total = sum(path.stat().st_size for path in files if path.is_file())
        task = bar.add_task("reading history", total=total)
        before = last = 0

        def move(read: int) -> None:
            nonlocal before, last
            if read < last:
                before += last
            last = read
            bar.update(task, completed=before + read)

        yield move


def _say(count: ImportCount) -> str:
    said = [f"{count.messages:,} messages and {count.reactions:,} reactions taken in"]
    for number, what in (
        (count.known, "messages known already"),
        (count.taken_back, "reactions taken back"),
        (count.bots, "messages of bots left out"),
        (count.unreadable, "could not be read"),
    ):
        if number:
            said.append(f"{number:,} {what}")
    return "; ".join(said)
