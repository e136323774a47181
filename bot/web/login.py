"""Getting in and out, and choosing a language."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.actions import note, own_path
from bot.web.guard import address_of
from bot.web.page import draw, reader_of
from bot.web.sessions import Password, Sessions, Throttle
from bot.web.words import LANGUAGE_COOKIE, LANGUAGES

log = structlog.get_logger()

YEAR = 365 * 24 * 3600


async def show_login(request: Request) -> Response:
    """Ask for the password; whoever is in already goes on."""
    if request.state.is_in:
        return RedirectResponse("/", status_code=303)
    return draw(request, "login.html", problem="", next=own_path(request.query_params.get("next", ""), "/"))


async def log_in(request: Request, form: FormData) -> Response:
    """Compare the password, slowly, and seldom."""
    password: Password | None = request.state.password
    throttle: Throttle = request.state.throttle
    sessions: Sessions = request.app.state.sessions
    reader, address = reader_of(request), address_of(request.scope)
    onward = own_path(str(form.get("next", "")), "/")
    if password is None:
        return RedirectResponse(onward, status_code=303)
    if throttle.wait_of(address, reader.now):
        note(request, "login throttled")
        problem = reader.say("Too many wrong passwords. Wait a quarter of an hour.")
        return draw(request, "login.html", status=429, problem=problem, next=onward)
    # counted before it is compared, so that many at once are no way round
    throttle.failed(address, reader.now)
    if not await run_in_threadpool(password.matches, str(form.get("password", ""))):
        note(request, "login refused")
        problem = reader.say("That is not the password.")
        return draw(request, "login.html", status=403, problem=problem, next=onward)
    throttle.succeeded(address)
    request.state.session, request.state.renewed = sessions.begin(is_in=True), True
    note(request, "login")
    return RedirectResponse(onward, status_code=303)


async def log_out(request: Request, _form: FormData) -> Response:
    """End this browser's session."""
    sessions: Sessions = request.app.state.sessions
    note(request, "logout")
    request.state.session, request.state.renewed = sessions.begin(is_in=False), True
    return RedirectResponse("/login", status_code=303)


async def choose_language(request: Request) -> Response:
    """Remember a reader's language and go back to where they were."""
    language = request.path_params["language"]
    came_from = urlsplit(request.headers.get("referer", ""))
    is_own = came_from.netloc == request.headers.get("host")
    answer = RedirectResponse(own_path(came_from.path, "/") if is_own else "/", status_code=303)
    if language in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, samesite="lax", httponly=True)
    return answer
