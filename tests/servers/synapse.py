"""A real Matrix homeserver: Synapse from PyPI, in an environment of its own (`make synapse`), on loopback.

Nothing of it is faked; it keeps its database in a folder that is gone afterwards and talks to no other server.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from tests.rules.repository import ROOT

PYTHON = ROOT / "build" / "synapse" / "bin" / "python"
#: Why a test is left out where it is not installed, and what to do.
NOT_INSTALLED = f"Synapse is not installed in {PYTHON.parents[1].relative_to(ROOT)}; `make synapse` does it"
DOMAIN = "localhost"
_API = "/_matrix/client/v3"
#: How long it may take to start on a busy machine.
_PATIENCE_SECONDS = 60.0
_PLENTY = {"per_second": 1000, "burst_count": 1000}


class Synapse:
    """Start it with `async with`; `base` is its address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count(1)
        self._tokens: dict[str, str] = {}
        self._http: aiohttp.ClientSession
        self.base = ""

    async def __aenter__(self) -> Self:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        config = self._folder / "homeserver.yaml"
        config.write_text(json.dumps(self._config(port)), encoding="utf-8")  # JSON is YAML too
        with (self._folder / "said.txt").open("wb") as told:
            self._process = await asyncio.create_subprocess_exec(
                PYTHON,
                *("-m", "synapse.app.homeserver", "-c", str(config), "--generate-keys"),
                stdout=told,
                stderr=told,
                cwd=self._folder,
            )
            await self._process.wait()
            self._process = await asyncio.create_subprocess_exec(
                PYTHON, *("-m", "synapse.app.homeserver", "-c", str(config)), stdout=told, stderr=told, cwd=self._folder
            )
        self._http = aiohttp.ClientSession(self.base)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self._answers():  # noqa: ASYNC110  # a process that starts sets no event
                await asyncio.sleep(0.1)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def register(self, name: str) -> str:
        """Make an account and return its token; `call` knows it by its name."""
        body = {"username": name, "password": "kopi-tani-1", "auth": {"type": "m.login.dummy"}}
        answer = await self.call(None, "POST", "/register", body)
        self._tokens[name] = str(answer["access_token"])
        return self._tokens[name]

    async def make_room(self, owner: str, *members: str) -> str:
        """Make a room that is not encrypted, let `members` enter it, and return its id."""
        made = await self.call(owner, "POST", "/createRoom", {"preset": "public_chat", "name": "Warung"})
        room = str(made["room_id"])
        for member in members:
            await self.call(member, "POST", f"/join/{quote(room)}", {})
        return room

    async def send(self, name: str, room: str, kind: str, content: dict[str, Any]) -> str:
        """Let somebody send an event; return its id."""
        path = f"/rooms/{quote(room)}/send/{kind}/t{next(self._numbers)}"
        return str((await self.call(name, "PUT", path, content))["event_id"])

    async def history(self, name: str, room: str) -> list[dict[str, Any]]:
        """Return a room's messages as somebody sees them, oldest first."""
        found = await self.call(name, "GET", f"/rooms/{quote(room)}/messages?dir=b&limit=500", None)
        return [event for event in reversed(found["chunk"]) if event["type"] == "m.room.message"]

    async def call(self, name: str | None, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """Ask as somebody, or as nobody; fails on a refusal."""
        headers = {} if name is None else {"Authorization": f"Bearer {self._tokens[name]}"}
        async with self._http.request(method, _API + path, json=body, headers=headers) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def _answers(self) -> bool:
        try:
            async with self._http.get("/_matrix/client/versions") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def _config(self, port: int) -> dict[str, Any]:
        listener = {"bind_addresses": ["127.0.0.1"], "port": port, "type": "http", "resources": [{"names": ["client"]}]}
        return {
            "server_name": DOMAIN,
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": str(self._folder / "homeserver.db")}},
            "signing_key_path": str(self._folder / "signing.key"),
            "media_store_path": str(self._folder / "media"),
            "pid_file": str(self._folder / "synapse.pid"),
            "macaroon_secret_key": "only for this test",
            "form_secret": "only for this test",
            "report_stats": False,
            "trusted_key_servers": [],
            "enable_registration": True,
            "enable_registration_without_verification": True,
            **{f"rc_{what}": _PLENTY for what in ("message", "registration")},
            "rc_joins": {"local": _PLENTY, "remote": _PLENTY},
            "rc_invites": {"per_room": _PLENTY, "per_user": _PLENTY},
        }
