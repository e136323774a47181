"""`konektor schema`: the JSON Schema of the configuration, for editors."""

from __future__ import annotations

from bot.cli.options import DebugOption, JsonOption
from bot.cli.output import print_line


def schema(as_json: JsonOption = False, debug: DebugOption = False) -> None:  # noqa: ARG001  # it is JSON either way
    """Print the JSON Schema of config.yaml (save it as config.schema.json beside it)."""
    from bot.assemble import schema_text

    for line in schema_text().splitlines():
        print_line(line)
