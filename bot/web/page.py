"""How a page is built and drawn: what a reader asked for, what a builder gives back, and the templates."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_datetime
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.web.sessions import Sessions
from bot.web.site import Site
from bot.web.tables import Cell, Column, Table
from bot.web.words import LANGUAGES, Say, catalogue, language_of, say_state

#: So many rows of a table are drawn; the CSV has all.
ROWS_DRAWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Who looks, and at what moment."""

    site: Site
    say: Say
    #: "en" or "id".
    language: str
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One figure."""

    label: str
    value: int
    #: Whether somebody should look at it.
    is_alarming: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What is on a page."""

    title: str
    intro: str
    tables: tuple[Table, ...] = ()
    tiles: tuple[Tile, ...] = ()
    template: str = "page.html"
    #: What the page's own template needs beside.
    more: Mapping[str, Any] = field(default_factory=dict)


#: Builds a page for a reader.
Builder: TypeAlias = Callable[[Reader], Awaitable[Page]]


def reader_of(request: Request) -> Reader:
    """Return who asks."""
    site: Site = request.app.state.site
    language = language_of(request, site.brand.languages)
    return Reader(site=site, say=catalogue(language).gettext, language=language, now=site.clock.now())


def make_templates() -> jinja2.Environment:
    """Return the templates: escaped everywhere, and failing on what is not there."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("bot.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def draw(request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401  # of any type
    """Draw a template with what every page has."""
    reader = reader_of(request)
    site, sessions = reader.site, request.app.state.sessions
    assert isinstance(sessions, Sessions)  # noqa: S101  # tells the type checker what the application holds
    environment: jinja2.Environment = request.app.state.templates
    words = catalogue(reader.language)
    drawn = environment.get_template(template)
    body = drawn.render(
        _=words.gettext,
        language=reader.language,
        languages=LANGUAGES,
        brand=site.brand,
        version=site.version,
        path=request.url.path,
        menu=request.app.state.menu,
        token=sessions.token(request.state.session),
        has_password=request.state.password is not None,
        is_in=request.state.is_in,
        show_cell=CellWriter(reader),
        rows_drawn=ROWS_DRAWN,
        **values,
    )
    return HTMLResponse(body, status_code=status)


class CellWriter:
    """Writes cells for people: times in the brand's zone, state words in the reader's language."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __call__(self, column: Column, cell: Cell) -> str:
        """Return the text of a cell."""
        match cell:
            case None:
                return ""
            case datetime():
                return write_time(cell, self._reader.site.zone, self._reader.language)
            case float():
                return f"{cell:.1f}"
            case str() if column.kind == "state":
                return say_state(cell, self._reader.say)
            case _:
                return str(cell)


def write_time(at: datetime, zone: ZoneInfo, language: str) -> str:
    """Write a moment as a short day and time, in the words of `language`."""
    return str(format_datetime(at, "EEE d MMM, HH:mm", tzinfo=zone, locale=language))
