"""`konektor check`: does the configuration hold, and what will happen because of it?"""

from __future__ import annotations

import asyncio
import os

import typer

from bot.cli.exits import CONFIG_REFUSED, PLATFORM_REFUSED, WARNINGS
from bot.cli.options import DEFAULT_CONFIG, ConfigArgument, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_line, print_problems, problem_fields, tell
from bot.cli.running import reporting, set_up_logs
from bot.ports.platform import Finding


def check(
    path: ConfigArgument = None,
    config: ConfigOption = DEFAULT_CONFIG,
    strict: bool = typer.Option(False, "--strict", help="Exit with 4 when there are warnings."),
    online: bool = typer.Option(False, "--online", help="Also log in and read rights and settings."),
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Validate the configuration, then say in plain words what it will do."""
    from bot.assemble import load_config, probe, read_material
    from bot.clock import SystemClock
    from bot.config.explain import explain

    set_up_logs(debug=debug)
    loaded = load_config(path or config, os.environ)
    brand = loaded.brand
    errors = loaded.errors if brand is None else read_material(brand)
    plan = [] if brand is None or errors else [str(line) for line in explain(brand, now=SystemClock().now())]
    findings: dict[str, tuple[Finding, ...]] = {}
    if online and brand is not None and not errors:
        with reporting(as_json=as_json, debug=debug):
            findings = asyncio.run(probe(brand))
    ok = not errors and all(finding.ok for found in findings.values() for finding in found)
    if as_json:
        print_json(
            {
                "ok": ok,
                "errors": [problem_fields(problem) for problem in errors],
                "warnings": [problem_fields(problem) for problem in loaded.warnings],
                "plan": plan,
                **({"online": findings} if online else {}),
            }
        )
    else:
        print_problems(sorted([*errors, *loaded.warnings], key=lambda one: (one.file, one.line, one.column)))
        for line in plan:
            print_line(line)
        for name, found in findings.items():
            for finding in found:
                print_line(f"{name}: {'ok' if finding.ok else 'TO DO'}: {finding.text}")
        if errors:
            count = len(errors)
            tell(f"{count} {'error' if count == 1 else 'errors'}: nothing is started with this configuration")
    if errors:
        raise typer.Exit(CONFIG_REFUSED)
    if not ok:
        raise typer.Exit(PLATFORM_REFUSED)
    if strict and loaded.warnings:
        raise typer.Exit(WARNINGS)
