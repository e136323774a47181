"""`konektor forget` and `konektor mydata`: one person erased, or handed everything kept about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigOption, DebugOption, JsonOption
from bot.cli.output import print_json, tell
from bot.cli.running import read_config, run, set_up_logs
from bot.errors import SettingsFault

if TYPE_CHECKING:
    from bot.brand import Brand
    from bot.messages import PersonRef
    from bot.ports.store import UnitOfWork

MemberArgument = Annotated[
    str, typer.Argument(metavar="MEMBER", help="Their id as `members --json` gives it, or PLATFORM:ID.")
]


def forget(
    member: MemberArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Erase everything about a person, and keep them out of later imports and of what is heard."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def erase() -> dict[str, int]:
        from bot.assemble import assembled
        from bot.flows.forget_member import forget_member

        erased: dict[str, int] = {}
        async with assembled(brand) as parts:
            async with parts.store.work(parts.brand.id) as work:
                for person in await _find(member, brand, work):
                    counts = await forget_member(person, parts.known, work=work, now=parts.clock.now())
                    erased = {what: erased.get(what, 0) + count for what, count in counts.items()}
                await work.commit()
            await parts.store.leave_no_trace()
        return erased

    erased = run(erase)
    if as_json:
        print_json(erased)
    elif any(erased.values()):
        tell("erased: " + ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in erased.items() if count))
    else:
        tell("nothing was kept about them; they stay out from now on")


def mydata(
    member: MemberArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,  # noqa: ARG001  # it is JSON in any case: the answer is a file to hand over
    debug: DebugOption = False,
) -> None:
    """Print everything kept about a person, as JSON to hand to them."""
    set_up_logs(debug=debug)
    brand = read_config(config)

    async def read() -> dict[str, list[Mapping[str, Any]]]:
        from bot.assemble import assembled
        from bot.flows.forget_member import hand_over

        found: dict[str, list[Mapping[str, Any]]] = {}
        async with assembled(brand) as parts, parts.store.read(parts.brand.id) as work:
            for person in await _find(member, brand, work):
                for what, rows in (await hand_over(person, work=work)).items():
                    found.setdefault(what, []).extend(rows)
        return found

    print_json(run(read))


async def _find(member: str, brand: Brand, work: UnitOfWork) -> tuple[PersonRef, ...]:
    """Return the accounts a person is meant by; one nobody has met yet can be named with its platform."""
    from bot.messages import PersonRef

    platform, colon, person = member.partition(":")
    platforms = {community.platform for community in brand.communities.values()}
    if colon and platform in platforms and person:
        return (PersonRef(platform=platform, id=person),)
    found = await work.forgetting.find_people(member)
    if found:
        return found
    if len(platforms) == 1:
        return (PersonRef(platform=platforms.pop(), id=member),)
    raise SettingsFault(
        f"nobody is known by this id; write the platform with it to keep them out all the same: "
        f"{' or '.join(f'{name}:ID' for name in sorted(platforms))}"
    )
