"""What a person changes by a button: pauses, and what becomes of sends that failed or are uncertain.

Every change is one line of the log (`dashboard`), with where it came from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.brand import Brand
from bot.flows.watch_reception import end_pause
from bot.ids import new_id
from bot.ports.records import Pause
from bot.web.guard import address_of
from bot.web.sessions import Sessions
from bot.web.site import Site

#: Answers a form that has proven to be ours.
Handler: TypeAlias = Callable[[Request, FormData], Awaitable[Response]]
#: No form here is longer, in bytes.
LONGEST_FORM = 64 * 1024

log = structlog.get_logger()


def posting(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that refuses every form without this session's token."""

    async def endpoint(request: Request) -> Response:
        if not request.headers.get("content-length", "").isdecimal():
            return PlainTextResponse("a form says how long it is\n", status_code=411)
        if int(request.headers["content-length"]) > LONGEST_FORM:
            return PlainTextResponse("this is too long\n", status_code=413)
        form = await request.form(max_files=0)
        sessions: Sessions = request.app.state.sessions
        if not sessions.holds(request.state.session, str(form.get("token", ""))):
            return PlainTextResponse("this form is too old or not ours; load the page again\n", status_code=403)
        return await handler(request, form)

    return endpoint


async def resend(request: Request, form: FormData) -> Response:
    """Queue a message anew."""
    site: Site = request.app.state.site
    now = site.clock.now()
    message = str(form.get("id", ""))
    async with site.store.work(site.brand.id) as work:
        ids = await work.outbox.resend(message, lambda: new_id(now), now)
        await work.commit()
    note(request, "resend", message=message, queued=list(ids))
    site.wake("send")
    return back(form, "/outbox")


async def drop(request: Request, form: FormData) -> Response:
    """Let a message go."""
    site: Site = request.app.state.site
    message = str(form.get("id", ""))
    async with site.store.work(site.brand.id) as work:
        done = await work.outbox.drop(message, "dropped by hand on the dashboard")
        await work.commit()
    note(request, "drop", message=message, done=done)
    return back(form, "/outbox")


async def pause(request: Request, form: FormData) -> Response:
    """Stop everything, one community or one campaign."""
    site: Site = request.app.state.site
    scope = scope_of(str(form.get("what", "")), site.brand)
    if scope is None:
        return PlainTextResponse("there is no such community or campaign\n", status_code=404)
    async with site.store.work(site.brand.id) as work:
        await work.pauses.add(
            Pause(scope=scope[0], key=scope[1], since=site.clock.now(), reason=str(form.get("why", ""))[:200])
        )
        await work.commit()
    note(request, "pause", scope=scope[0], key=scope[1])
    return back(form, "/")


async def resume(request: Request, form: FormData) -> Response:
    """Let it go on."""
    site: Site = request.app.state.site
    scope = scope_of(str(form.get("what", "")), site.brand)
    if scope is None:
        return PlainTextResponse("there is no such community or campaign\n", status_code=404)
    async with site.store.work(site.brand.id) as work:
        await end_pause(*scope, work=work)
        await work.commit()
    note(request, "resume", scope=scope[0], key=scope[1])
    site.wake("plan")
    site.wake("send")
    return back(form, "/")


def scope_of(what: str, brand: Brand) -> tuple[Literal["all", "community", "campaign"], str] | None:
    """Return what "all", "community:KEY" or "campaign:KEY" names."""
    if what == "all":
        return "all", ""
    kind, _, key = what.partition(":")
    if kind == "community" and key in brand.communities:
        return "community", key
    if kind == "campaign" and key in brand.campaigns:
        return "campaign", key
    return None


def note(request: Request, act: str, **facts: object) -> None:
    """Write down who changed what: the audit log."""
    log.warning("dashboard", act=act, address=address_of(request.scope), session=request.state.session.id[:6], **facts)


def back(form: FormData, otherwise: str) -> Response:
    """Return to the page a form was on, if that is one of ours."""
    return RedirectResponse(own_path(str(form.get("back", "")), otherwise), status_code=303)


def own_path(path: str, otherwise: str) -> str:
    """Return `path` if it leads nowhere but to this site."""
    parts = urlsplit(path)
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if is_own else otherwise
