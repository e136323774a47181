"""`konektor backup` and `konektor restore`: a brand's history kept elsewhere, and put back."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Misused
from bot.cli.files import opened
from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs
from bot.errors import SettingsFault

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.flows.backup_file import ForgetList
    from bot.flows.restore import Restored
    from bot.ports.store import Store

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, such as kopi-2026-11-24.jsonl.gz.")]
ForgetFile = Annotated[
    Path | None,
    typer.Option(
        "--forgotten", metavar="FILE", help="The list of those who asked to be forgotten. Default: beside it."
    ),
]


def backup(
    file: BackupFile,
    forgotten: ForgetFile = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Write everything the brand remembers into a file, while the service runs.

    The list of those who asked to be forgotten goes into a file of its own: keep the newest one, whatever becomes of
    older backups. Both are for the operator's eyes alone.
    """
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def take() -> tuple[int, Path]:
        from bot.assemble import assembled, konektor_version
        from bot.flows.back_up import back_up, list_forgotten
        from bot.flows.backup_file import write_forget_list

        async with assembled(brand) as parts:
            beside = forgotten or _beside(file, parts.brand.id)
            with _written(beside) as list_file:
                list_file.write(write_forget_list(await list_forgotten(parts.known, store=parts.store)).encode())
            with _written(file) as backup_file:
                rows = await back_up(
                    backup_file, parts.known, store=parts.store, clock=parts.clock, version=konektor_version()
                )
        return rows, beside

    rows, beside = run(take)
    if as_json:
        print_json({"file": str(file), "forgotten": str(beside), "rows": rows})
    else:
        tell(f"{rows:,} rows are in {file}; who asked to be forgotten is in {beside}, which must outlive it")


def restore(
    file: BackupFile,
    forgotten: ForgetFile = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Put a backup in the place of everything the brand remembers; the service must not run.

    Those who asked to be forgotten stay forgotten. Everything is paused afterwards: look at `outbox`, which lists what
    may have been sent since the backup, then `resume`.
    """
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def put_back() -> Restored:
        from bot.assemble import assembled
        from bot.flows.restore import restore as restore_backup

        async with assembled(brand) as parts:
            await parts.store.hold_alone()
            await _refuse_running(parts.store, parts.brand.id, parts.clock)
            kept = _read_list(forgotten or _beside(file, parts.brand.id), given=forgotten is not None)
            with opened(file, wanted="a backup") as backup_file:
                return await restore_backup(
                    backup_file, parts.brand, parts.known, forgotten=kept, store=parts.store, clock=parts.clock
                )

    done = run(put_back)
    if as_json:
        print_json({**dataclasses.asdict(done), "taken_at": done.taken_at.isoformat()})
        return
    tell(f"{done.rows:,} rows of {done.taken_at:%Y-%m-%d %H:%M} UTC are back; everything is paused")
    tell(
        f"{done.forgotten} who asked to be forgotten stay so; {done.missed} slots since are missed; {done.unknown} "
        "posts may have been sent since: `konektor outbox` lists them, then `konektor resume`"
    )


async def _refuse_running(store: Store, brand_id: str, clock: Clock) -> None:
    async with store.read(brand_id) as work:
        held = await work.leases.held(clock.now())
    if held:
        raise SettingsFault(
            f"a service of {brand_id} runs, or ran less than a minute ago ({', '.join(held)}); stop it, then try again"
        )


def _beside(file: Path, brand_id: str) -> Path:
    return file.with_name(f"{brand_id}.forgotten.json")


def _read_list(path: Path, *, given: bool) -> ForgetList | None:
    from bot.flows.backup_file import read_forget_list

    try:
        return read_forget_list(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if given:
            raise SettingsFault(
                f"{path}: there is no such file; name the newest list of those to stay forgotten"
            ) from None
        raise Misused(
            f"{path} is missing: without it people who asked to be forgotten since the backup would come back; "
            "name the newest list with --forgotten"
        ) from None


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that is there whole or not at all, and that only its owner reads."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsFault(f"{path}: could not be written ({reason}); name a file in a folder with room") from error
    finally:
        unfinished.unlink(missing_ok=True)
