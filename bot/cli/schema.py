"""`konektor schema`: the JSON Schema of the configuration, for editors."""

from __future__ import annotations

from bot.cli.output import print_json


def schema() -> None:
    """Print the JSON Schema of config.yaml (save it as config.schema.json beside it)."""
    from bot.assemble import platform_kinds
    from bot.config.json_schema import json_schema

    print_json(json_schema(platform_kinds()))
