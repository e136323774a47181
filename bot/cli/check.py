"""`konektor check`: does the configuration hold, and what will happen because of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import CONFIG_REFUSED, PLATFORM_REFUSED, WARNINGS
from bot.cli.options import DEFAULT_CONFIG, ConfigArgument, ConfigOption, DebugOption, JsonOption
from bot.cli.output import count_of, print_json, print_line, print_problems, problem_fields, tell
from bot.cli.running import environment, run, set_up_logs
from bot.config.problem import Problem

if TYPE_CHECKING:
    from bot.brand import Brand
    from bot.ports.platform import Finding


def check(
    path: ConfigArgument = None,
    config: ConfigOption = DEFAULT_CONFIG,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 when there are warnings.")] = False,
    online: Annotated[bool, typer.Option("--online", help="Also log in and read rights and settings.")] = False,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Find every mistake of the configuration, then say in plain words what it will do."""
    from bot.assemble import load_config, read_material
    from bot.clock import SystemClock
    from bot.config.explain import explain

    named = path or config
    loaded = load_config(named, environment())
    brand = loaded.brand
    problems = sorted(
        [*loaded.problems, *(read_material(brand) if brand else ())], key=lambda one: (one.file, one.line, one.column)
    )
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity == "warning"]
    plan = [] if brand is None or errors else [str(line) for line in explain(brand, now=SystemClock().now())]
    seen = _look(brand, debug=debug) if online and brand and not errors else {}
    refused = any(not finding.ok for found in seen.values() for finding in found)
    if as_json:
        print_json(
            {
                "ok": not errors and not refused,
                "errors": [problem_fields(problem) for problem in errors],
                "warnings": [problem_fields(problem) for problem in warnings],
                "plan": plan,
                **({"online": seen} if online else {}),
            }
        )
    else:
        print_problems(problems)
        for line in plan:
            print_line(line)
        for name, found in seen.items():
            for finding in found:
                print_line(f"{name}: {'ok' if finding.ok else 'TO DO'}: {finding.text}")
        _sum_up(str(named), errors, warnings)
    if errors:
        raise typer.Exit(CONFIG_REFUSED)
    if refused:
        raise typer.Exit(PLATFORM_REFUSED)
    if strict and warnings:
        raise typer.Exit(WARNINGS)


def _look(brand: Brand, *, debug: bool) -> dict[str, tuple[Finding, ...]]:
    from bot.assemble import probe

    set_up_logs(debug=debug)
    return run(lambda: probe(brand))


def _sum_up(name: str, errors: list[Problem], warnings: list[Problem]) -> None:
    found = f"{name}: {count_of(len(errors), 'error')}, {count_of(len(warnings), 'warning')}"
    if errors:
        tell(f"{found}; nothing is started with this configuration until the errors are corrected")
    else:
        tell(f"{found}; `konektor plan` shows what would be shared, `konektor run` starts it")
