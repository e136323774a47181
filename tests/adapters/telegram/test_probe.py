"""What the bot can see and say in a group, and the clicks that change it."""

from __future__ import annotations

import pytest

from adapters.telegram.adapter import TelegramPlatform
from adapters.telegram.settings import Account
from bot.errors import LoginRefused, PlatformDown
from bot.ports.platform import Finding
from tests.adapters.telegram.payloads import SEEN_AT
from tests.servers.telegram_server import TOKEN, TelegramServer
from tests.servers.telegram_world import Status, World

GROUP = -1001234567890


async def probe(server: TelegramServer, *chats: int, token: str = TOKEN) -> tuple[Finding, ...]:
    """Probe an account on `server`."""
    account = Account.model_validate({"token": token, "api_base": server.base})
    platform = TelegramPlatform(account, commands=(), places=(), now=lambda: SEEN_AT)
    return await platform.probe(tuple(str(chat) for chat in chats))


async def findings_of(status: Status, *, privacy_mode: bool = False, can_write: bool = True) -> list[tuple[bool, str]]:
    """Return what is found about a group in which the bot has `status`."""
    async with TelegramServer(World(privacy_mode=privacy_mode)) as server:
        server.world.add_group(bot_status=status)
        server.world.chats[GROUP].can_send_messages = can_write
        return [(finding.ok, finding.text) for finding in (await probe(server, GROUP))[1:]]


async def test_an_administrator_lacks_nothing() -> None:
    """Even with privacy mode on, an administrator sees all."""
    ((ok, text),) = await findings_of("administrator", privacy_mode=True)
    assert ok
    assert '"Warung Kopi" (-1001234567890): administrator' in text


async def test_a_member_sees_no_reactions() -> None:
    """And is told the clicks."""
    found = await findings_of("member")
    assert [ok for ok, _ in found] == [True, True, False]
    assert "Add Administrator" in found[2][1]


async def test_privacy_mode_is_explained() -> None:
    """It hides the conversation from a member."""
    found = await findings_of("member", privacy_mode=True)
    assert [ok for ok, _ in found] == [True, False, False]
    assert "Group Privacy > Turn off, then remove the bot from the group and add it again" in found[1][1]


@pytest.mark.parametrize(
    ("status", "can_write", "said"),
    [
        ("restricted", True, "lift its restriction"),
        ("member", False, "only administrators may write"),
        ("left", True, "the bot is not in the group"),
        ("kicked", True, "the bot is not in the group"),
    ],
)
async def test_a_bot_that_may_not_write_is_told(status: Status, can_write: bool, said: str) -> None:  # noqa: FBT001 - a parametrised flag
    """Whatever the reason, with what to do."""
    ok, text = (await findings_of(status, can_write=can_write))[0]
    assert not ok
    assert said in text


async def test_an_unknown_and_a_moved_group_are_findings() -> None:
    """One wrong group does not hide what is found of the others."""
    async with TelegramServer() as server:
        server.world.add_group()
        server.world.add_group(chat_id=-1005)
        server.world.migrate(-1005, -1007)
        found = await probe(server, -1009, -1005, GROUP)
    assert [finding.ok for finding in found] == [True, False, False, True]
    assert "check `chat`" in found[1].text
    assert 'write chat: "-1007"' in found[2].text


async def test_a_foreign_webhook_is_found() -> None:
    """Telegram delivers to it, and polling gets nothing."""
    async with TelegramServer() as server:
        server.methods.webhook_url = "https://old.example/hook"
        found = await probe(server)
    assert [finding.ok for finding in found] == [True, False]
    assert "another program has set a webhook" in found[1].text


async def test_a_refused_token_and_a_dead_server_are_errors() -> None:
    """There is nothing to find then."""
    async with TelegramServer() as server:
        with pytest.raises(LoginRefused):
            await probe(server, token="7000000001:revoked")
        async with server.away():
            with pytest.raises(PlatformDown):
                await probe(server)
