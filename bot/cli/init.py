"""`konektor init`: a first configuration from five questions. It writes new files and never over another."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import urlsplit

import typer

from bot.cli.options import DebugOption
from bot.cli.output import print_line, tell
from bot.errors import SettingsFault

if TYPE_CHECKING:
    from jinja2 import Environment

T = TypeVar("T")

#: What the files are made from: Jinja2 with << >> for values, since {{ }} belongs to the templates of posts.
TEMPLATES = Path(__file__).with_name("new_brand")
#: What the bot speaks, each with the time zone that most of those who speak it would otherwise look up.
ZONES = {"id": "Asia/Jakarta", "en": "UTC"}
#: What may be written; one of them there already stops it all.
WRITTEN = ("config.yaml", ".env.example", "config.schema.json", "knowledge/faq.yaml")
_LONGEST_NAME = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBrand:
    """The five answers."""

    #: Where it begins.
    platform: str
    name: str = "My Brand"
    #: The first is the fallback.
    languages: tuple[str, ...] = ("id", "en")
    #: The blog's feed; "" for none.
    feed: str = ""
    #: Whether to begin an FAQ.
    faq: bool = True


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where to write; made if need be.", show_default="here")
    ] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing and take the defaults.")] = False,
    debug: DebugOption = False,  # noqa: ARG001  # read where errors are reported
) -> None:
    """Write a first config.yaml with everything that belongs to it; asks five questions."""
    from bot.assemble import terminal_name

    _refuse_to_overwrite(folder)
    usual = NewBrand(platform=terminal_name())  # nothing to sign up for
    brand = usual if yes else _ask(usual)
    files = write_files(brand)
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise SettingsFault(f"{path}: can't be written ({error.strerror}); choose another folder") from error
        print_line(f"wrote {path}")
    _say_next(folder, brand)


def write_files(brand: NewBrand) -> dict[str, str]:
    """Return the text of each file, by its path in the new folder."""
    from bot.assemble import schema_text
    from bot.config.resolve import make_slug

    environment = _open_templates()
    answers = {
        "id": make_slug(brand.name) or "brand",
        "name": _quote(brand.name),
        "comment": " ".join(brand.name.split()),
        "languages": brand.languages,
        "timezone": ZONES[brand.languages[0]],
        "feed": _quote(brand.feed) if brand.feed else "",
        "faq": brand.faq,
        "there": environment.get_template(f"platforms/{brand.platform}.yaml").module,
    }
    files = {
        "config.yaml": environment.get_template("config.yaml").render(answers),
        ".env.example": environment.get_template("env.example").render(answers),
        "config.schema.json": schema_text(),
    }
    if brand.faq:
        files["knowledge/faq.yaml"] = environment.get_template(f"faq.{brand.languages[0]}.yaml").render()
    return files


def _open_templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(  # noqa: S701  # YAML for a person, no HTML
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _needs_account(platform: str) -> bool:
    from bot.assemble import platform_kinds

    return platform_kinds()[platform].needs_account


def platforms() -> tuple[str, ...]:
    """Return the platforms a new brand can begin on."""
    return tuple(sorted(path.stem for path in (TEMPLATES / "platforms").glob("*.yaml")))


def read_name(text: str) -> str:
    """Return a brand's name; raises ValueError for what is none."""
    name = " ".join(text.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ValueError(f"a name has 1 to {_LONGEST_NAME} characters")
    return name


def read_languages(text: str) -> tuple[str, ...]:
    """Return languages out of `id, en`; raises ValueError for one the bot does not speak."""
    spoken = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
    if not spoken or not set(spoken) <= set(ZONES):
        raise ValueError(f"the bot speaks {' and '.join(ZONES)}; write one or both, the first one first")
    return spoken


def read_platform(text: str) -> str:
    """Return a platform's name; raises ValueError for one there is not."""
    name = text.strip().lower()
    if name not in platforms():
        raise ValueError(f"name one of: {', '.join(platforms())}")
    return name


def read_feed(text: str) -> str:
    """Return a feed's address, "" for none; raises ValueError for what is no web address."""
    address = text.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if address and (parts.scheme not in {"http", "https"} or not parts.hostname or any(map(str.isspace, address))):
        raise ValueError("write the whole address, such as https://example.com/feed.xml, or nothing")
    return address


def _ask(usual: NewBrand) -> NewBrand:
    try:
        name = _ask_for("What is the brand called?", usual.name, read_name)
        languages = _ask_for("Which languages does it speak (id, en)?", ", ".join(usual.languages), read_languages)
        platform = _ask_for(f"Where does it begin ({', '.join(platforms())})?", usual.platform, read_platform)
        feed = _ask_for("The address of its blog's feed (Enter for none)?", usual.feed, read_feed)
        faq = typer.confirm("Begin an FAQ file?", default=usual.faq, err=True)
    except typer.Abort:
        raise SettingsFault("stopped before the last question, and nothing is written; --yes asks nothing") from None
    if not feed and not faq:
        tell("without a feed the FAQ is all the bot knows, so one is begun all the same")
    return NewBrand(name=name, languages=languages, platform=platform, feed=feed, faq=faq or not feed)


def _ask_for(question: str, usual: str, read: Callable[[str], T]) -> T:
    while True:
        said: str = typer.prompt(question, default=usual, show_default=bool(usual), prompt_suffix=" ", err=True)
        try:
            return read(said)
        except ValueError as refused:
            tell(f"  {refused}")
            if not sys.stdin.isatty():
                raise SettingsFault(f"{said!r} is no answer to that ({refused}); nothing is written") from None


def _refuse_to_overwrite(folder: Path) -> None:
    there = [str(folder / name) for name in WRITTEN if (folder / name).exists()]
    if there:
        verb = "is there already and stays as it is" if len(there) == 1 else "are there already and stay as they are"
        raise SettingsFault(f"{', '.join(there)} {verb}; name another folder: konektor init FOLDER")


def _say_next(folder: Path, brand: NewBrand) -> None:
    there = "" if folder == Path() else f"cd {folder} && "
    tell("next:")
    if _needs_account(brand.platform):
        tell(f"  1. {there}cp .env.example .env, write the token into it, and load it: set -a; . ./.env; set +a")
        tell(f"  2. write where your community is into config.yaml; docs/{brand.platform}.md says where to find it")
        there = ""
    tell(f"  {there}konektor check    # is it right, and what will it do?")
    tell(f"  {there}konektor run      # start it{'' if _needs_account(brand.platform) else ' and talk to it'}")


def _quote(text: str) -> str:
    """Return a text as YAML reads it back, whatever is in it; `${` begins no reference."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${")
