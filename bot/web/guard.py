"""What stands before every route: whose host it is, who is in, and what the browser may do with the answer."""

from __future__ import annotations

import base64
import binascii
import re
from http.cookies import SimpleCookie
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clock import Clock
from bot.web.sessions import LONGEST, SESSION_COOKIE, Password, Session, Sessions, Throttle
from bot.web.site import Site

#: No inline script, no inline style, nothing from elsewhere, in nobody's frame (CSP level 3).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
#: Reached without a password. What health says to strangers is decided in `bot.web.health`.
OPEN = re.compile(r"/(healthz|readyz|login|language/\w+|static/.+)")


class Guard:
    """ASGI middleware around the whole site."""

    def __init__(self, app: ASGIApp, *, site: Site, sessions: Sessions, password: Password | None) -> None:
        self._app = app
        self._sessions = sessions
        self._password = password
        self._clock: Clock = site.clock
        self._throttle = Throttle()
        public = urlsplit(site.settings.public_url or "")
        self._is_secure = public.scheme == "https"
        self._hosts = {site.settings.host, "localhost", public.hostname} - {None, ""}
        self._any_host = password is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            return
        refusal = self._refuse(scope) or await self._bar(scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("cache-control", "no-store")
                self._keep(scope, headers)
            await send(message)

        await (refusal or self._app)(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> Response | None:
        """Refuse a name that is not ours: a page elsewhere may point its own name at this machine (DNS rebinding)."""
        headers = Headers(scope=scope)
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        if not (self._any_host or host in self._hosts or _is_loopback(host)):
            return PlainTextResponse(f"this is not {host}; set web.public_url to its address\n", status_code=421)
        origin = headers.get("origin")
        if scope["method"] not in ("GET", "HEAD") and origin and urlsplit(origin).netloc != headers.get("host"):
            return PlainTextResponse("this form came from another site\n", status_code=403)
        return None

    async def _bar(self, scope: Scope) -> Response | None:
        """Find out who it is, and send strangers to the login."""
        kept = self._sessions.read(HTTPConnection(scope).cookies.get(SESSION_COOKIE))
        session = kept or self._sessions.begin(is_in=False)
        state = scope.setdefault("state", {})
        state["session"], state["kept"] = session, kept
        state["password"], state["throttle"] = self._password, self._throttle
        state["is_in"] = self._password is None or session.is_in
        if state["is_in"] or OPEN.fullmatch(scope["path"]):
            return None
        if scope["path"] == "/metrics":
            return await self._ask_machine(scope)
        if scope["method"] == "GET" and "hx-request" not in Headers(scope=scope):
            return RedirectResponse(f"/login?next={quote(scope['path'])}", status_code=303)
        return PlainTextResponse("log in first\n", status_code=401)

    async def _ask_machine(self, scope: Scope) -> Response | None:
        """Let a machine in by the password over HTTP Basic (RFC 7617), whatever name it gives."""
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        address = address_of(scope)
        if scheme.casefold() == "basic" and self._password and not self._throttle.wait_of(address, self._clock.now()):
            try:
                tried = base64.b64decode(given, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                tried = ""
            if await run_in_threadpool(self._password.matches, tried):
                return None
            self._throttle.failed(address, self._clock.now())
        return PlainTextResponse(
            "metrics are read with the dashboard's password (HTTP Basic)\n",
            status_code=401,
            headers={"www-authenticate": 'Basic realm="konektor"'},
        )

    def _keep(self, scope: Scope, headers: MutableHeaders) -> None:
        """Give the browser its cookie: with the first page, and whenever a login or logout has begun a new session."""
        state = scope.get("state", {})
        session: Session | None = state.get("session")
        is_page = headers.get("content-type", "").startswith("text/html")
        if session is None or session == state["kept"] or not (is_page or state.get("renewed")):
            return
        cookie: SimpleCookie = SimpleCookie()
        cookie[SESSION_COOKIE] = self._sessions.write(session)
        morsel = cookie[SESSION_COOKIE]
        morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Strict"
        morsel["max-age"] = int(LONGEST.total_seconds())
        if self._is_secure:
            morsel["secure"] = True
        headers.append("set-cookie", morsel.OutputString())


def address_of(scope: Scope) -> str:
    """Return where a request comes from."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
