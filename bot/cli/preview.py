"""`konektor preview`: a campaign's newest post as a community would read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, print_line, tell
from bot.cli.running import read_config, run, set_up_logs

if TYPE_CHECKING:
    from bot.flows.preview_post import Preview


def preview(
    campaign: Annotated[str, typer.Argument(help="The campaign's key.")],
    community: Annotated[str, typer.Option("--community", help="The community's key.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show the newest post as it would be posted, with its length against the platform's limit."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def look() -> Preview:
        from bot.assemble import assembled, limits_of
        from bot.flows.preview_post import preview_post

        async with assembled(brand) as parts:
            limits = limits_of(parts.brand, community)
            return await preview_post(
                parts.brand, campaign, community, store=parts.store, limits=limits, now=parts.clock.now()
            )

    seen = run(look)
    if as_json:
        messages = [{"text": text, "length": length} for text, length in seen.messages]
        said = {"post": seen.post, "messages": messages, "limit": seen.limit, "card": seen.card}
        print_json({**said, "leads_to": seen.leads_to})
        return
    for text, length in seen.messages:
        print_line(text)
        tell(f"({length} of {seen.limit})")
    if seen.card is not None:
        print_line(f"[{seen.card.title}] {seen.card.description} {seen.card.url}")
    for address in seen.leads_to:
        tell(f"(once posted, the link counts clicks and leads to {address})")
