"""The routes, put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.errors import StoreFault
from bot.web import actions, approvals, community_pages, login, pages, people_pages, sandbox
from bot.web.clicks import CLICK, Clicks
from bot.web.guard import Guard
from bot.web.health import show_alive, show_metrics, show_ready
from bot.web.hooks import HOOK, Hooks
from bot.web.in_front import InFront
from bot.web.page import Builder, draw, make_templates, reader_of
from bot.web.pushes import PUSH, Pushes
from bot.web.sessions import Password, Sessions
from bot.web.site import Site
from bot.web.tables import write_csv

#: The pages by path, in the order of the menu.
PAGES: dict[str, tuple[str, Builder]] = {
    "/": ("Today", pages.build_today),
    "/calendar": ("Calendar", pages.build_calendar),
    "/approvals": ("Approvals", approvals.build_approvals),
    "/campaigns": ("Campaigns", pages.build_campaigns),
    "/communities": ("Communities", community_pages.build_communities),
    "/questions": ("Questions", pages.build_questions),
    "/members": ("Members", people_pages.build_members),
    "/activity": ("Activity", people_pages.build_activity),
    "/outbox": ("Outbox", pages.build_outbox),
    "/config": ("Configuration", pages.build_config),
}
MENU: tuple[tuple[str, str], ...] = (*((path, label) for path, (label, _) in PAGES.items()), ("/sandbox", "Sandbox"))


def make_app(site: Site) -> Starlette:
    """Return the site as an ASGI application."""
    sessions = Sessions(brand_key=site.known.key, settings=site.settings)
    password = Password(site.settings.password) if site.settings.password else None
    app = Starlette(
        routes=[
            *(Route(path, _reading(build)) for path, (_, build) in PAGES.items()),
            Route("/sandbox", sandbox.show_sandbox),
            Route("/sandbox/{community}", sandbox.show_sandbox),
            Route("/sandbox/{community}/view", sandbox.show_view),
            Route("/sandbox/{community}/say", actions.posting(sandbox.say), methods=["POST"]),
            Route("/sandbox/{community}/press", actions.posting(sandbox.press), methods=["POST"]),
            Route("/approvals/decide", actions.posting(approvals.decide), methods=["POST"]),
            Route("/outbox/resend", actions.posting(actions.resend), methods=["POST"]),
            Route("/outbox/drop", actions.posting(actions.drop), methods=["POST"]),
            Route("/pause", actions.posting(actions.pause), methods=["POST"]),
            Route("/resume", actions.posting(actions.resume), methods=["POST"]),
            Route("/login", login.show_login),
            Route("/login", actions.posting(login.log_in), methods=["POST"]),
            Route("/logout", actions.posting(login.log_out), methods=["POST"]),
            Route("/language/{language}", login.choose_language),
            Route("/healthz", show_alive),
            Route("/readyz", show_ready),
            Route("/metrics", show_metrics),
            Mount("/static", StaticFiles(directory=str(files("bot.web") / "static"))),
        ],
        middleware=[
            Middleware(InFront, path=HOOK, answer=Hooks(site).answer),
            Middleware(InFront, path=PUSH, answer=Pushes(site).answer),
            Middleware(InFront, path=CLICK, answer=Clicks(site).answer),
            Middleware(Guard, site=site, sessions=sessions, password=password),
        ],
        exception_handlers={StoreFault: _show_store_away},
    )
    app.state.site, app.state.sessions = site, sessions
    app.state.templates, app.state.menu = make_templates(), MENU
    return app


def _reading(build: Builder) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that draws a page, or gives one of its tables as CSV (`?csv=NAME`)."""

    async def endpoint(request: Request) -> Response:
        page = await build(reader_of(request))
        wanted = request.query_params.get("csv")
        if wanted is None:
            return draw(request, page.template, page=page, **page.more)
        table = next((table for table in page.tables if table.name == wanted), None)
        if table is None:
            return PlainTextResponse("there is no such table\n", status_code=404)
        name = f"{request.url.path.strip('/') or 'today'}-{table.name}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(write_csv(table), media_type="text/csv; charset=utf-8", headers=headers)

    return endpoint


async def _show_store_away(_request: Request, fault: Exception) -> Response:
    return PlainTextResponse(f"the database does not answer: {fault}\n", status_code=503)
