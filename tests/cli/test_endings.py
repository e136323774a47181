"""How commands end: exit codes, the stream and form of errors, and no traceback unless it is asked for."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
import typer

from bot.cli.app import app
from bot.cli.exits import exit_code_of
from bot.cli.start import report
from bot.errors import ConfigRefused, LoginRefused, PlatformDown, SettingsFault, StoreFault
from tests.cli.driving import Driver, command_line, run_process, surroundings
from tests.rules.repository import ROOT


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsFault("a"), 1),
        (StoreFault("a"), 1),
        (RuntimeError("a"), 1),
        (ConfigRefused([]), 3),
        (PlatformDown("a"), 5),
        (LoginRefused("a"), 5),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_exit_code_says_who_must_act(error: BaseException, code: int) -> None:
    """3 is the configuration, 5 a platform, 130 an interruption; anything else that failed is 1."""
    assert exit_code_of(error) == code


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["check", "--nonsense", "--json"], 2, "Misused"),
        (["nonsense", "--json"], 2, "Misused"),
        (["ask", "--json"], 2, "Misused"),
        (["share", "--json"], 2, "Misused"),
        (["share", "--once", "--at", "noon", "--json"], 2, "Misused"),
        (["plan", "--days", "0", "--json"], 2, "Misused"),
        (["plan", "-c", "nowhere.yaml", "--json"], 3, "ConfigRefused"),
        (["run", "nowhere.yaml", "--json"], 3, "ConfigRefused"),
        (["ask", "--batch", "-", "-c", "nowhere.yaml"], 3, "ConfigRefused"),
        (["members", "-c", "nowhere.yaml", "--json"], 3, "ConfigRefused"),
    ],
)
def test_errors_for_programs_are_one_document(konektor: Driver, arguments: list[str], code: int, kind: str) -> None:
    """Under --json an error is one JSON document on standard output, mistakes of use included."""
    ran = konektor(*arguments)

    assert (ran.code, ran.json["exit_code"], ran.json["kind"], ran.json["ok"]) == (code, code, kind, False)
    assert ran.json["error"]
    assert "Traceback" not in ran.err


def test_a_refused_configuration_lists_its_errors(konektor: Driver, tmp_path: Path) -> None:
    """Whichever command meets it, the problems are the ones `check` lists."""
    config = tmp_path / "config.yaml"
    config.write_text("brand: {}\n", encoding="utf-8")

    planned = konektor("plan", "-c", config, "--json")
    checked = konektor("check", config, "--json")

    assert planned.json["errors"] == checked.json["errors"] != []


def test_a_database_that_is_away_is_said_without_its_password(konektor: Driver, brand: Path) -> None:
    """The error names the database, what to look at, and no secret."""
    with brand.open("a", encoding="utf-8") as file:
        file.write('store: {url: "postgresql://konektor@127.0.0.1:1/konektor"}\n')

    ran = konektor("members", "-c", brand, "--json")

    assert (ran.code, ran.json["kind"]) == (1, "StoreFault")
    assert "store.url" in ran.json["error"]


def test_help_and_version_are_no_errors(konektor: Driver) -> None:
    """Both end with 0 on standard output; --help speaks of `konektor`, whatever started it."""
    helped = konektor("--help")

    assert (helped.code, konektor("--version").code) == (0, 0)
    assert helped.out.startswith("Usage: konektor ")
    assert "..." not in helped.out.partition("Commands:")[2]


COMMANDS = sorted(typer.main.get_group(app).commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(konektor: Driver, command: str) -> None:
    """--help of each command says what it does and what each option means."""
    ran = konektor(command, "--help")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: konektor {command} ")


def test_a_traceback_is_shown_only_when_it_is_asked_for(konektor: Driver) -> None:
    """--debug adds it; the message and the exit code stay the same."""
    plain = konektor("plan", "-c", "nowhere.yaml")
    debug = konektor("plan", "-c", "nowhere.yaml", "--debug")

    assert (plain.code, debug.code) == (3, 3)
    assert ("Traceback" in plain.err, "Traceback" in debug.err) == (False, True)
    assert plain.err.strip() in debug.err


def test_a_reader_who_leaves_ends_it_quietly() -> None:
    """`konektor schema | head -1` prints its line and nothing on standard error."""
    done = subprocess.run(  # noqa: S603  # our own command
        ["/bin/sh", "-c", '"$@" | head -1', "sh", *command_line("schema")],
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("{\n", "")


def test_the_configuration_is_named_by_option_variable_or_place(brand: Path) -> None:
    """-c wins over KONEKTOR_CONFIG, which wins over config.yaml in the working directory."""
    by_variable = run_process("check", "--json", KONEKTOR_CONFIG=str(brand))
    by_place = run_process("check", "--json", cwd=brand.parent)
    by_option = run_process("check", "-c", "nowhere.yaml", "--json", KONEKTOR_CONFIG=str(brand))

    assert [ran.code for ran in (by_variable, by_place, by_option)] == [0, 0, 3]
    assert by_variable.json["plan"][0] == by_place.json["plan"][0]


def test_an_interrupted_command_ends_with_130(brand: Path) -> None:
    """Ctrl-C in a command that ends by itself is 130, without a traceback."""
    waiting = subprocess.Popen(  # noqa: S603  # our own command
        command_line("ask", "--batch", "-", "-c", brand),
        cwd=ROOT,
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with waiting:
        assert waiting.stdin is not None
        assert waiting.stdout is not None
        waiting.stdin.write('{"id": "a", "question": "Do you ship?"}\n')
        waiting.stdin.flush()
        assert waiting.stdout.readline().startswith('{"id": "a"')
        waiting.send_signal(signal.SIGINT)
        _, err = waiting.communicate(timeout=30)

    assert (waiting.returncode, "Traceback" in err) == (130, False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_service_stops_cleanly_when_it_is_told(brand: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM let what has begun end, and are no failure."""
    running = subprocess.Popen(  # noqa: S603  # our own command
        command_line("run", brand),
        cwd=ROOT,
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        assert running.stderr is not None
        line = ""
        while "is running on sandbox" not in line:
            line = running.stderr.readline()
            assert line, "the service ended before it was running"
        running.send_signal(number)
        _, err = running.communicate(timeout=60)

    assert (running.returncode, "Traceback" in err) == (0, False)


def test_an_error_nobody_foresaw_is_reported_in_the_form_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """It asks to be reported, also out of a group of tasks that failed together, and is no traceback."""
    error = ExceptionGroup("tasks", [PlatformDown("away"), ExceptionGroup("more", [RuntimeError("odd")])])

    code = report(error, as_json=True, debug=False)

    told = json.loads(capsys.readouterr().out)
    assert (code, told["kind"], told["exit_code"]) == (1, "RuntimeError", 1)
    assert "RuntimeError: odd" in told["error"]
    assert "--debug" in told["error"]
