"""All commands under one name."""

from __future__ import annotations

import inspect
from typing import Annotated

import typer

from bot.cli.adopt import adopt
from bot.cli.announce import announce, unshare
from bot.cli.ask import ask
from bot.cli.backups import backup, restore
from bot.cli.chat import chat
from bot.cli.check import check
from bot.cli.communities import communities
from bot.cli.demo import demo
from bot.cli.expectations import try_expectations
from bot.cli.health import health
from bot.cli.import_history import import_history
from bot.cli.init import init
from bot.cli.members import connectors, members
from bot.cli.outbox import app as outbox_app
from bot.cli.output import print_line
from bot.cli.pause import pause, resume
from bot.cli.person import forget, mydata
from bot.cli.plan import plan
from bot.cli.poll import poll
from bot.cli.preview import preview
from bot.cli.review import approve, reject, review
from bot.cli.run import run
from bot.cli.schema import schema
from bot.cli.share import share

app = typer.Typer(
    name="konektor",
    help="A chat bot that joins communities on a brand's behalf: it shares, answers, and finds who connects.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    init, check, try_expectations, plan, run, chat, demo, ask, poll, share, preview, announce, unshare,
    review, approve, reject,
    communities, adopt,
    members, connectors, import_history, forget, mydata, pause, resume, backup, restore, health, schema,
):  # fmt: skip
    # `import` is a word of the language, and what begins with `test` is for pytest: their functions have longer names
    name = {import_history: "import", try_expectations: "test"}.get(command)
    # given as they are, so that the list of commands shows whole sentences
    app.command(name, short_help=(inspect.getdoc(command) or "").partition("\n")[0])(command)
app.add_typer(outbox_app, name="outbox")


def _show_version(wanted: bool) -> None:
    if wanted:
        from bot.assemble import konektor_version

        print_line(f"konektor {konektor_version()}")
        raise typer.Exit


@app.callback()
def _all_commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Read the options that belong to no single command."""
