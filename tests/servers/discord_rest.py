"""A strict Discord REST API (v10), as far as the bot uses it: what Discord would refuse is refused with its codes.

https://discord.com/developers/docs/reference
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from aiohttp import web

from tests.servers.discord_gateway import DIRECT_MESSAGES, GUILD_MESSAGES, Gateway
from tests.servers.discord_state import (
    EPHEMERAL,
    FORUM,
    LOADING,
    READ_HISTORY,
    Accepted,
    DiscordState,
    Guild,
    Interaction,
    now,
)

FaultKind: TypeAlias = Literal[
    "proxy_page", "rate_limited", "limited_by_edge", "accept_then_drop", "drop", "accept_then_500", "error_500",
    "missing_access", "missing_permissions", "unknown_channel", "rejected", "unauthorised", "limited_globally",
    "accept_then_stall", "accept_then_garbage",
]  # fmt: skip

_MESSAGE_FIELDS = {
    "content",
    "embeds",
    "flags",
    "allowed_mentions",
    "nonce",
    "enforce_nonce",
    "tts",
    "message_reference",
    "components",
}
#: Where a request keeps its parsed body.
_BODY = web.RequestKey("body", Any)
#: What an edit replaces.
_KEPT = ("content", "embeds", "flags", "components")
#: Faults that are plain refusals: status, Discord's code, Discord's words.
_REFUSALS: dict[str, tuple[int, int, str]] = {
    "error_500": (500, 0, "500: Internal Server Error"),
    "missing_access": (403, 50001, "Missing Access"),
    "missing_permissions": (403, 50013, "Missing Permissions"),
    "unknown_channel": (404, 10003, "Unknown Channel"),
    "rejected": (400, 200000, "Message was blocked by automatic moderation"),
    "unauthorised": (401, 0, "401: Unauthorized"),
}
_MENTION = re.compile(r"<@[!&]?\d+>|@everyone|@here")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to the next message the bot sends."""

    kind: FaultKind
    #: For how long to stay away (the limits) or to hold the answer (`accept_then_stall`), in seconds.
    seconds: float = 0.0


class Rest:
    """The routes, over one state and one gateway."""

    def __init__(self, state: DiscordState, gateway: Gateway, *, channel_burst: int, channel_window: float) -> None:
        self._state = state
        self._gateway = gateway
        self._channel_burst = channel_burst
        self._channel_window = channel_window
        self._recent: dict[str, deque[float]] = {}
        self.acknowledgements_to_drop = 0
        #: While it is clear, a channel's history is slow in coming.
        self.history_comes = asyncio.Event()
        self.history_comes.set()
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str, Any]] = []

    def routes(self) -> list[web.RouteDef]:
        """All of them, below /api/v10."""
        api = "/api/v10"
        return [
            web.get(f"{api}/users/@me", self._me),
            web.get(f"{api}/oauth2/applications/@me", self._application),
            web.get(f"{api}/applications/@me", self._application),
            web.get(f"{api}/gateway/bot", self._gateway_bot),
            web.get(f"{api}/guilds/{{guild}}", self._guild),
            web.get(f"{api}/guilds/{{guild}}/members/{{user}}", self._member),
            web.get(f"{api}/channels/{{channel}}", self._channel),
            web.get(f"{api}/channels/{{channel}}/messages", self._history),
            web.post(f"{api}/channels/{{channel}}/messages", self._create_message),
            web.post(f"{api}/channels/{{channel}}/threads", self._start_thread),
            web.get(f"{api}/guilds/{{guild}}/threads/active", self._active_threads),
            web.get(f"{api}/channels/{{channel}}/threads/archived/public", self._archived_threads),
            web.patch(f"{api}/channels/{{channel}}/messages/{{message}}", self._change_message),
            web.delete(f"{api}/channels/{{channel}}/messages/{{message}}", self._change_message),
            web.get(f"{api}/applications/{{app}}/guilds/{{guild}}/commands", self._commands),
            web.put(f"{api}/applications/{{app}}/guilds/{{guild}}/commands", self._commands),
            web.post(f"{api}/interactions/{{id}}/{{token}}/callback", self._callback),
            web.get(f"{api}/webhooks/{{app}}/{{token}}/messages/@original", self._original),
            web.patch(f"{api}/webhooks/{{app}}/{{token}}/messages/@original", self._original),
            web.post(f"{api}/webhooks/{{app}}/{{token}}", self._follow_up),
        ]

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Check the token and note every request; the gateway checks for itself."""
        if not request.path.startswith("/api/"):
            return await handler(request)
        body = await request.json() if request.can_read_body else None
        self.requests.append((request.method, request.path, body))
        request[_BODY] = body
        open_door = request.path.startswith(("/api/v10/webhooks", "/api/v10/interactions"))
        if not open_door and request.headers.get("Authorization") != f"Bot {self._state.token}":
            return refuse(401, 0, "401: Unauthorized")
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            return refuse(403, 40333, "internal network error")
        return await handler(request)

    async def _me(self, _: web.Request) -> web.Response:
        return answer(self._state.bot)

    async def _application(self, _: web.Request) -> web.Response:
        limited = (1 << 15) | (1 << 19) if self._state.privileged_intents else 0
        return answer({
            "id": self._state.application_id, "name": "Tani", "description": "", "icon": None, "bot_public": False,
            "bot_require_code_grant": False, "verify_key": "0" * 64, "flags": limited, "summary": "",
            "owner": self._state.user("Owner"), "team": None, "rpc_origins": [],
        })  # fmt: skip

    async def _gateway_bot(self, _: web.Request) -> web.Response:
        limit = {
            "total": self._gateway.logins_a_day,
            "remaining": self._gateway.logins_left,
            "reset_after": 86_400_000,
            "max_concurrency": self._gateway.max_concurrency,
        }
        return answer({"url": self._gateway.address, "shards": self._gateway.shards, "session_start_limit": limit})

    async def _guild(self, request: web.Request) -> web.Response:
        guild = self._state.guilds.get(request.match_info["guild"])
        return refuse(404, 10004, "Unknown Guild") if guild is None else answer(self._state.guild_object(guild))

    async def _member(self, request: web.Request) -> web.Response:
        guild = self._state.guilds.get(request.match_info["guild"])
        member = None if guild is None else guild.members.get(request.match_info["user"])
        return refuse(404, 10007, "Unknown Member") if member is None else answer(member)

    async def _channel(self, request: web.Request) -> web.Response:
        found = self._state.find_channel(request.match_info["channel"])
        return refuse(404, 10003, "Unknown Channel") if found is None else answer(found[1])

    async def _start_thread(self, request: web.Request) -> web.Response:
        """Start Thread in Forum or Media Channel: the thread's first message has the thread's id."""
        found = self._state.find_channel(request.match_info["channel"])
        if found is None or found[0] is None:
            return refuse(404, 10003, "Unknown Channel")
        guild, channel = found
        body = request[_BODY]
        if channel["type"] != FORUM or not 1 <= len(body.get("name", "")) <= 100 or not body.get("message"):
            return refuse(400, 50035, "Invalid Form Body: name, message")
        problem = self._message_problem(guild, {**channel, "type": 11}, body["message"])
        if problem is not None:
            return problem
        thread = self._state.add_thread(guild, channel["id"], body["name"])
        guild.threads[thread]["owner_id"] = self._state.bot["id"]
        message = await self._accept(guild, thread, body["message"])
        self._state.messages[thread] = {thread: {**message, "id": thread}}
        self._state.sent[-1].message["id"] = thread
        return answer({**guild.threads[thread], "message": self._state.messages[thread][thread]})

    async def _active_threads(self, request: web.Request) -> web.Response:
        guild = self._state.guilds.get(request.match_info["guild"])
        return (
            refuse(404, 10004, "Unknown Guild")
            if guild is None
            else answer({"threads": self._state.active_threads(guild), "members": []})
        )

    async def _archived_threads(self, request: web.Request) -> web.Response:
        """List Public Archived Threads: the one archived last comes first."""
        found = self._state.find_channel(request.match_info["channel"])
        if found is None or found[0] is None:
            return refuse(404, 10003, "Unknown Channel")
        guild, channel = found
        if not guild.bot_rights & READ_HISTORY:
            return refuse(403, 50001, "Missing Access")
        stamps = {
            each["id"]: each["thread_metadata"]["archive_timestamp"]
            for each in guild.threads.values()
            if each["parent_id"] == channel["id"] and each["thread_metadata"]["archived"]
        }
        before, limit = request.query.get("before"), int(request.query.get("limit", "50"))
        wanted = [
            thread
            for thread in sorted(stamps, key=stamps.__getitem__, reverse=True)
            if before is None or datetime.fromisoformat(stamps[thread]) < datetime.fromisoformat(before)
        ]
        threads = [guild.threads[thread] for thread in wanted[:limit]]
        return answer({"threads": threads, "members": [], "has_more": len(wanted) > limit})

    async def _history(self, request: web.Request) -> web.Response:
        await self.history_comes.wait()
        if self._state.find_channel(request.match_info["channel"]) is None:
            return refuse(404, 10003, "Unknown Channel")
        history = list(self._state.messages.get(request.match_info["channel"], {}).values())
        limit = int(request.query.get("limit", "50"))
        if "after" in request.query:
            later = [each for each in history if int(each["id"]) > int(request.query["after"])]
            return answer(later[:limit][::-1])
        return answer(history[::-1][:limit])

    async def _commands(self, request: web.Request) -> web.Response:
        guild = self._state.guilds.get(request.match_info["guild"])
        if guild is None or not guild.takes_commands or request.match_info["app"] != self._state.application_id:
            return refuse(403, 50001, "Missing Access")
        if request.method == "PUT":
            for command in request[_BODY]:
                problem = _command_problem(command)
                if problem is not None:
                    return refuse(400, 50035, f"Invalid Form Body: {problem}")
            self._state.commands[guild.id] = [
                {
                    **command,
                    "id": self._state.new_id(),
                    "application_id": self._state.application_id,
                    "guild_id": guild.id,
                    "version": self._state.new_id(),
                }
                for command in request[_BODY]
            ]
        return answer(self._state.commands.get(guild.id, []))

    async def _create_message(self, request: web.Request) -> web.Response:
        channel_id, body = request.match_info["channel"], request[_BODY]
        fault = self.faults.popleft() if self.faults else None
        before = None if fault is None else await self._fail_before(fault, request)
        if before is not None:
            return before
        found = self._state.find_channel(channel_id)
        if found is None:
            return refuse(404, 10003, "Unknown Channel")
        problem = self._message_problem(*found, body)
        if problem is not None:
            return problem
        limited, headers = self._count(channel_id)
        if limited is not None:
            return limited
        message = await self._accept(found[0], channel_id, body)
        if fault is not None and fault.kind == "accept_then_stall":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "accept_then_drop":
            drop(request)
        spoilt = None if fault is None else _spoil(fault)
        return spoilt or answer(message, headers=headers)

    async def _change_message(self, request: web.Request) -> web.Response:
        """Answer Edit Message and Delete Message of the bot's own messages."""
        fault = self.faults.popleft() if self.faults else None
        before = None if fault is None else await self._fail_before(fault, request)
        if before is not None:
            return before
        channel_id, message_id = request.match_info["channel"], request.match_info["message"]
        if self._state.find_channel(channel_id) is None:
            return refuse(404, 10003, "Unknown Channel")
        message = self._state.messages.get(channel_id, {}).get(message_id)
        if message is None:
            return refuse(404, 10008, "Unknown Message")
        if message["author"]["id"] != self._state.bot["id"]:
            return refuse(403, 50005, "Cannot edit a message authored by another user")
        if request.method == "PATCH":
            problem = self._webhook_problem(request[_BODY])
            if problem is not None:
                return problem
            message |= {"edited_timestamp": now(), **{name: request[_BODY].get(name, message[name]) for name in _KEPT}}
        else:
            del self._state.messages[channel_id][message_id]
        if fault is not None and fault.kind == "accept_then_drop":
            drop(request)
        return answer(message) if request.method == "PATCH" else web.Response(status=204)

    async def _fail_before(self, fault: Fault, request: web.Request) -> web.Response | None:
        if fault.kind == "drop":
            drop(request)
            return web.Response()  # nobody is there to read it
        if fault.kind == "proxy_page":
            return web.Response(status=403, text="<html>blocked</html>", content_type="text/html")
        if fault.kind in ("rate_limited", "limited_globally"):
            return too_many(fault.seconds, is_global=fault.kind == "limited_globally")
        if fault.kind == "limited_by_edge":
            return web.Response(status=429, text="error 1015", headers={"Retry-After": f"{fault.seconds:.0f}"})
        return refuse(*_REFUSALS[fault.kind]) if fault.kind in _REFUSALS else None

    def _message_problem(
        self, guild: Guild | None, channel: dict[str, Any], body: dict[str, Any]
    ) -> web.Response | None:
        if channel["type"] == FORUM:
            return refuse(400, 50008, "Cannot send messages in a non-text channel")
        if guild is not None and not guild.bot_rights & (1 << 11):
            return refuse(403, 50013, "Missing Permissions")
        if not body.get("content") and not body.get("embeds"):
            return refuse(400, 50006, "Cannot send an empty message")
        unknown = sorted(set(body) - _MESSAGE_FIELDS)
        problem = f"unknown {unknown}" if unknown else _content_problem(body)
        reference = body.get("message_reference", {"fail_if_not_exists": False})
        history = self._state.messages.get(channel["id"], {})
        if reference.get("fail_if_not_exists", True) and reference["message_id"] not in history:
            problem = "message_reference: Unknown message"
        return None if problem is None else refuse(400, 50035, f"Invalid Form Body: {problem}")

    async def _accept(self, guild: Guild | None, channel_id: str, body: dict[str, Any]) -> dict[str, Any]:
        nonce = body.get("nonce")
        if nonce is not None and body.get("enforce_nonce") and (channel_id, nonce) in self._state.nonces:
            return self._state.nonces[channel_id, nonce]
        reply_to = body.get("message_reference", {}).get("message_id")
        known = reply_to if reply_to in self._state.messages.get(channel_id, {}) else None
        message = self._state.message_object(
            channel_id,
            self._state.bot,
            body.get("content", ""),
            reply_to=known,
            embeds=body.get("embeds", []),
            flags=body.get("flags", 0),
            components=body.get("components", []),
            **({} if nonce is None else {"nonce": nonce}),
        )
        if nonce is not None:
            self._state.nonces[channel_id, nonce] = message
        self._state.sent.append(Accepted(message=message, body=body, pinged=_pings(body)))
        where = {} if guild is None else {"guild_id": guild.id, "member": guild.members[self._state.bot["id"]]}
        intent = DIRECT_MESSAGES if guild is None else GUILD_MESSAGES
        await self._gateway.tell("MESSAGE_CREATE", {**message, **where}, intent=intent)
        return message

    def _count(self, channel_id: str) -> tuple[web.Response | None, dict[str, str]]:
        """Enforce the channel's rate over a sliding window; the headers announce it as Discord does."""
        at = asyncio.get_running_loop().time()
        recent = self._recent.setdefault(channel_id, deque())
        while recent and recent[0] <= at - self._channel_window:
            recent.popleft()
        if len(recent) >= self._channel_burst:
            return too_many(recent[0] + self._channel_window - at, is_global=False), {}
        recent.append(at)
        return None, {
            "X-RateLimit-Bucket": "create-message",
            "X-RateLimit-Limit": str(self._channel_burst),
            "X-RateLimit-Remaining": str(self._channel_burst - len(recent)),
            "X-RateLimit-Reset-After": f"{recent[0] + self._channel_window - at:.3f}",
        }

    async def _callback(self, request: web.Request) -> web.Response:
        if self.acknowledgements_to_drop:
            self.acknowledgements_to_drop -= 1
            drop(request)
            return web.Response()  # nobody is there to read it
        interaction = self._state.interactions.get(request.match_info["token"])
        if interaction is None or interaction.id != request.match_info["id"] or interaction.expired:
            return refuse(404, 10062, "Unknown interaction")
        if interaction.acknowledged:
            return refuse(400, 40060, "Interaction has already been acknowledged.")
        if request[_BODY]["type"] != (5 if interaction.pressed is None else 6):
            return refuse(400, 50035, "Invalid Form Body: this server knows deferred answers only")
        if interaction.pressed is not None:
            interaction.acknowledged, interaction.original = True, interaction.pressed
            return web.Response(status=204)
        flags = request[_BODY].get("data", {}).get("flags", 0)
        interaction.acknowledged = True
        interaction.original = self._state.message_object(
            interaction.channel_id, self._state.bot, "", flags=LOADING | (flags & EPHEMERAL)
        )
        return web.Response(status=204)

    def _webhook(self, request: web.Request) -> Interaction | web.Response:
        interaction = self._state.interactions.get(request.match_info["token"])
        if interaction is None or request.match_info["app"] != self._state.application_id:
            return refuse(404, 10015, "Unknown Webhook")
        if interaction.expired:
            return refuse(401, 50027, "Invalid Webhook Token")
        return refuse(404, 10015, "Unknown Webhook") if interaction.original is None else interaction

    async def _original(self, request: web.Request) -> web.Response:
        interaction = self._webhook(request)
        if isinstance(interaction, web.Response):
            return interaction
        original = interaction.original
        assert original is not None
        if request.method == "PATCH":
            fault = self.faults.popleft() if self.faults else None
            before = None if fault is None else await self._fail_before(fault, request)
            problem = before or self._webhook_problem(request[_BODY])
            if problem is not None:
                return problem
            first = bool(original["flags"] & LOADING)
            original.update({name: request[_BODY].get(name, original[name]) for name in _KEPT if name != "flags"})
            original["flags"] &= ~LOADING
            if first:
                self._state.sent.append(Accepted(message=original, body=request[_BODY], pinged=_pings(request[_BODY])))
            else:
                original["edited_timestamp"] = now()
            if fault is not None and fault.kind == "accept_then_drop":
                drop(request)
        return answer(original)

    async def _follow_up(self, request: web.Request) -> web.Response:
        interaction = self._webhook(request)
        if isinstance(interaction, web.Response):
            return interaction
        body = request[_BODY]
        problem = self._webhook_problem(body)
        if problem is not None:
            return problem
        message = self._state.message_object(
            interaction.channel_id,
            self._state.bot,
            body.get("content", ""),
            embeds=body.get("embeds", []),
            flags=body.get("flags", 0),
            components=body.get("components", []),
            webhook_id=self._state.application_id,
        )
        self._state.sent.append(Accepted(message=message, body=body, pinged=_pings(body)))
        return answer(message)

    def _webhook_problem(self, body: dict[str, Any]) -> web.Response | None:
        if set(body) - {"content", "embeds", "flags", "allowed_mentions", "components"}:
            return refuse(400, 50035, "Invalid Form Body: unknown fields")
        problem = _content_problem(body)
        return None if problem is None else refuse(400, 50035, f"Invalid Form Body: {problem}")


def _spoil(fault: Fault) -> web.Response | None:
    """Return what comes in place of the answer to what was done, if something does."""
    if fault.kind == "accept_then_500":
        return refuse(500, 0, "500: Internal Server Error")
    if fault.kind == "accept_then_garbage":
        return web.Response(body=b'{"id": "15', headers={"Content-Type": "application/json"})
    return None


def answer(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as Discord sends it: without a charset, which discord.py would take for no JSON at all."""
    return web.Response(
        body=json.dumps(data).encode(), status=status, headers={**(headers or {}), "Content-Type": "application/json"}
    )


def refuse(status: int, code: int, message: str) -> web.Response:
    """An error as Discord words it."""
    return answer({"message": message, "code": code}, status=status)


def too_many(seconds: float, *, is_global: bool) -> web.Response:
    """A 429 of Discord itself: without Via and a JSON body, clients take it for a ban by the edge."""
    scope = "global" if is_global else "user"
    headers = {"Via": "1.1 google", "Retry-After": f"{seconds:.0f}", "X-RateLimit-Scope": scope}
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": is_global}
    return answer(body, status=429, headers=headers)


def drop(request: web.Request) -> None:
    """Tear the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()


def _content_problem(body: dict[str, Any]) -> str | None:
    embeds = body.get("embeds", [])
    rows = body.get("components", [])
    drawn = [button for row in rows for button in row["components"]]
    checks = {
        "content: Must be 2000 or fewer in length.": len(body.get("content") or "") > 2000,
        "embeds: Must be 10 or fewer.": len(embeds) > 10,
        "embeds: title, at most 256": any(len(embed.get("title", "")) > 256 for embed in embeds),
        "embeds: description, at most 4096": any(len(embed.get("description", "")) > 4096 for embed in embeds),
        "embeds: 6000 in all": sum(len(e.get("title", "")) + len(e.get("description", "")) for e in embeds) > 6000,
        "nonce: at most 25": len(str(body.get("nonce", ""))) > 25,
        "flags: only SUPPRESS_EMBEDS and EPHEMERAL": bool(body.get("flags", 0) & ~(4 | EPHEMERAL)),
        "components: 1 to 5 rows of 1 to 5": len(rows) > 5
        or any(row["type"] != 1 or not 1 <= len(row["components"]) <= 5 for row in rows),
        "components: type 2, a style, a label of at most 80": any(
            button["type"] != 2 or button["style"] not in range(1, 5) or not 1 <= len(button["label"]) <= 80
            for button in drawn
        ),
        "components: custom_id, 1 to 100, each once": any(not 1 <= len(each["custom_id"]) <= 100 for each in drawn)
        or len({each["custom_id"] for each in drawn}) < len(drawn),
        "allowed_mentions: unknown type": bool(
            set(body.get("allowed_mentions", {}).get("parse", [])) - {"roles", "users", "everyone"}
        ),
    }
    return next((problem for problem, wrong in checks.items() if wrong), None)


def _command_problem(command: dict[str, Any]) -> str | None:
    names = [command["name"], *command.get("name_localizations", {}).values()]
    for option in command.get("options", []):
        names += [option["name"], *option.get("name_localizations", {}).values()]
    if any(not re.fullmatch(r"[-_\w]{1,32}", name) or name != name.lower() for name in names):
        return f"name: {names}"
    texts = [command["description"], *command.get("description_localizations", {}).values()]
    return "description: between 1 and 100" if any(not 1 <= len(text) <= 100 for text in texts) else None


def _pings(body: dict[str, Any]) -> bool:
    """Whether somebody is notified; a backslash before a mention does not keep Discord from that."""
    allowed = body.get("allowed_mentions")
    replies = "message_reference" in body and (allowed is None or allowed.get("replied_user", False))
    named = _MENTION.findall(body.get("content") or "")
    if allowed is None or set(allowed.get("parse", [])) & {"users", "roles", "everyone"}:
        return replies or bool(named)
    return replies or any(each.strip("<@!&>") in allowed.get("users", []) for each in named)
