"""How an account is called, against a Bot API server over real HTTP: believe, commit, answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from adapters.telegram.adapter import TelegramPlatform
from adapters.telegram.settings import Account, Address
from adapters.telegram.webhook import LONGEST_BODY, SECRET_HEADER, Hook, hook_of
from bot.errors import LoginRefused, SettingsFault
from bot.messages import Event
from bot.ports.inbound import HearingHttp, InboundCall
from tests.adapters.telegram.driving import COMMANDS, GROUP, PATIENCE_S, Pauses, Store, build, running
from tests.adapters.telegram.payloads import SEEN_AT, message
from tests.servers.hooks import serving_hook, take_loopback
from tests.servers.telegram_server import TOKEN, Fault, TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Give a server of one's own, which calls any address, with a group the bot administers."""
    async with TelegramServer(local=True) as opened:
        opened.world.add_group()
        yield opened


def account(server: TelegramServer, url: str, *, token: str = TOKEN) -> Account:
    """Say that Telegram is to call `url`."""
    return Account.model_validate(
        {"token": token, "api_base": server.base, "receive": "webhook", "webhook": {"url": url}}
    )


def platform_at(
    server: TelegramServer, url: str, *, token: str = TOKEN, pauses: Pauses | None = None
) -> TelegramPlatform:
    """Build an account that is called."""
    return TelegramPlatform(
        account(server, url, token=token),
        commands=COMMANDS,
        places=(Address(chat=str(GROUP)).place("warung"),),
        now=lambda: SEEN_AT,
        pause=pauses or Pauses(),
    )


def hook_at(server: TelegramServer, url: str) -> Hook:
    """Return how the account is called."""
    hook = hook_of(account(server, url))
    assert hook is not None
    return hook


def url_of(taken: socket.socket) -> str:
    """Return the address of a port."""
    return f"http://127.0.0.1:{taken.getsockname()[1]}/prefix"


def call(update: object, secret: str) -> InboundCall:
    """Bring an update."""
    return InboundCall(method="POST", headers={SECRET_HEADER: secret}, body=json.dumps(update).encode())


@contextlib.asynccontextmanager
async def called(server: TelegramServer, store: Store) -> AsyncIterator[TelegramPlatform]:
    """Run an account and its route into `store`."""
    with take_loopback() as taken:
        platform = platform_at(server, url_of(taken))
        async with serving_hook(platform, store.receive, taken), running(platform, store):
            async with asyncio.timeout(PATIENCE_S):
                await server.until_called("setWebhook")
            yield platform


class TestBeingCalled:
    """An update is confirmed to Telegram only after it was committed here."""

    async def test_what_happened_before_the_start_is_heard(self, server: TelegramServer) -> None:
        """Telegram keeps updates for a day, and brings them once it may call."""
        store = Store()
        for text in ("satu", "dua", "tiga"):
            server.world.says(GROUP, 184467, text)
        async with called(server, store):
            await store.until(lambda: len(store.texts) == 3)
        assert store.texts == ["satu", "dua", "tiga"]

    async def test_what_was_refused_is_brought_again(self, server: TelegramServer) -> None:
        """While the database is away Telegram hears a 503, and keeps the update."""
        store = Store(refusals=2)
        server.world.says(GROUP, 184467, "halo")
        async with called(server, store):
            await store.until(lambda: store.texts == ["halo"])
        assert [status for _, status in server.deliveries.answers] == [503, 503, 200]

    async def test_many_calls_share_a_commit(self, server: TelegramServer) -> None:
        """What arrives while one commit is under way goes into the next one together."""
        first, release = asyncio.Event(), asyncio.Event()
        batches: list[tuple[Event, ...]] = []

        async def slow(batch: tuple[Event, ...]) -> None:
            batches.append(batch)
            first.set()
            await release.wait()

        platform, hook = platform_at(server, "http://127.0.0.1:9"), hook_at(server, "http://127.0.0.1:9")

        def bring(number: int) -> asyncio.Task[object]:
            update = {"update_id": number, "message": message(f"pesan {number}", message_id=number)}
            return asyncio.create_task(platform.handle_http(call(update, hook.secret), slow))

        tasks = [bring(1)]
        await asyncio.wait_for(first.wait(), PATIENCE_S)
        tasks += [bring(number) for number in range(2, 20)]
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(*tasks)
        await platform.close()
        assert [len(batch) for batch in batches] == [1, 18]

    async def test_an_update_nobody_can_read_is_not_brought_for_ever(self, server: TelegramServer) -> None:
        """It is passed over, as a poll passes it over, and those behind it come."""
        store = Store()
        server.world.push("message", {"message_id": 5, "text": "without a chat or date"})
        server.world.says(GROUP, 184467, "halo")
        async with called(server, store):
            await store.until(lambda: store.texts == ["halo"])
            async with asyncio.timeout(PATIENCE_S):
                await server.deliveries.until(lambda answers: len(answers) == 2)
        assert {status for _, status in server.deliveries.answers} == {200}

    async def test_any_process_takes_calls(self, server: TelegramServer) -> None:
        """One that does not listen itself, another having the lease, answers all the same."""
        store, hook = Store(), hook_at(server, "http://127.0.0.1:9")
        platform = platform_at(server, "http://127.0.0.1:9")
        answer = await platform.handle_http(
            call({"update_id": 7, "message": message("halo")}, hook.secret), store.receive
        )
        await platform.close()
        assert (answer.status, store.texts) == (200, ["halo"])

    async def test_a_process_that_does_not_know_itself_yet_asks_for_patience(self, server: TelegramServer) -> None:
        """Without the bot's own name an update can't be read; Telegram brings it again."""
        hook = hook_at(server, "http://127.0.0.1:9")
        platform = platform_at(server, "http://127.0.0.1:9")
        server.fail_next("getMe", Fault(kind="error_before"))
        store, update = Store(), {"update_id": 7, "message": message("halo")}
        statuses = [(await platform.handle_http(call(update, hook.secret), store.receive)).status for _ in range(2)]
        await platform.close()
        assert (statuses, store.texts) == ([503, 200], ["halo"])


class TestForgedCalls:
    """Nobody but Telegram is believed."""

    @pytest.mark.parametrize("secret", ["", "wrong", "ü" * 64])
    async def test_a_wrong_secret_is_refused(self, server: TelegramServer, secret: str) -> None:
        """Whatever the call brings, nothing of it is read."""
        store, platform = Store(), platform_at(server, "http://127.0.0.1:9")
        answer = await platform.handle_http(call({"update_id": 7, "message": message("palsu")}, secret), store.receive)
        assert (answer.status, store.events) == (403, [])

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"update_id": "7"}', b"\xff", b"[" * 100_000])
    async def test_what_is_no_update_is_refused(self, server: TelegramServer, body: bytes) -> None:
        """Even with the secret: a proxy may have cut it."""
        hook, store = hook_at(server, "http://127.0.0.1:9"), Store()
        platform = platform_at(server, "http://127.0.0.1:9")
        answer = await platform.handle_http(
            InboundCall(method="POST", headers={SECRET_HEADER: hook.secret}, body=body), store.receive
        )
        assert (answer.status, store.events) == (400, [])

    async def test_an_account_that_fetches_is_called_nowhere(self, server: TelegramServer) -> None:
        """It has no key, and a call that comes all the same finds nobody."""
        platform = build(server)
        assert isinstance(platform, HearingHttp)
        answer = await platform.handle_http(call({"update_id": 7}, ""), Store().receive)
        assert (platform.hook_key, answer.status) == (None, 404)

    def test_nothing_of_the_token_shows(self, server: TelegramServer) -> None:
        """Path and secret differ, differ by token, and tell nothing of it; the secret is one Telegram takes."""
        here, other = hook_at(server, "https://a.example"), hook_of(account(server, "https://a.example", token="1:b"))
        assert other is not None
        assert len({here.key, here.secret, other.key, other.secret}) == 4
        assert here.url == f"https://a.example/webhooks/telegram/{here.key}"
        assert (len(here.secret), here.secret.isalnum()) == (64, True)
        assert TOKEN.partition(":")[2] not in here.url + here.secret

    def test_the_longest_update_fits(self) -> None:
        """4096 characters of four bytes, each escaped by JSON and each with an entity, and as much again answered."""
        entity = {"type": "custom_emoji", "offset": 4000, "length": 2, "custom_emoji_id": "5" * 19}
        longest = message("😀" * 4096, entities=[entity] * 1000)
        update = {"update_id": 7, "message": {**longest, "reply_to_message": longest}}
        assert len(json.dumps(update)) < LONGEST_BODY


class TestSwitching:
    """From one way to the other, and back, without losing what waits."""

    async def test_telegram_is_told_where_to_call(self, server: TelegramServer) -> None:
        """With the secret and the updates asked for; what waits is kept."""
        async with called(server, Store()):
            pass
        given = next(given for method, given in server.calls if method == "setWebhook")
        hook = hook_at(server, server.methods.webhook_url.partition("/webhooks")[0])
        assert (given["url"], given["secret_token"]) == (hook.url, hook.secret)
        assert "chat_member" in given["allowed_updates"]
        assert server.methods.webhook_url == hook.url

    async def test_polling_takes_the_own_webhook_back(self, server: TelegramServer) -> None:
        """It was set by this very bot before `receive` was changed."""
        server.methods.webhook_url = hook_at(server, "http://127.0.0.1:9/x").url
        server.world.says(GROUP, 184467, "menunggu")
        store = Store()
        async with running(build(server), store):
            await store.until(lambda: store.texts == ["menunggu"])
        assert server.methods.webhook_url == ""

    async def test_polling_leaves_another_programs_webhook(self, server: TelegramServer) -> None:
        """Its operator is told; two programs would else take the bot from each other for ever."""
        server.methods.webhook_url = "https://other.example/hook"
        pauses = Pauses()
        with capture_logs() as logs:
            async with running(build(server, pause=pauses), Store()):
                async with asyncio.timeout(PATIENCE_S):
                    await pauses.until(lambda seconds: seconds == 30)
        assert server.methods.webhook_url == "https://other.example/hook"
        assert any("a webhook that another program has set" in entry.get("reason", "") for entry in logs)

    async def test_a_webhook_another_program_took_is_set_again(self, server: TelegramServer) -> None:
        """Whoever configured this one wanted it."""
        store = Store()
        async with called(server, store):
            ours = server.methods.webhook_url
            server.methods.webhook_url = ""
            server.world.says(GROUP, 184467, "halo")
            await store.until(lambda: store.texts == ["halo"])
        assert server.methods.webhook_url == ours

    @pytest.mark.parametrize(
        ("url", "said"),
        [("http://bot.example", "https url"), ("https://bot.example:8080", "ports 80, 88, 443 or 8443")],
    )
    async def test_an_address_telegram_refuses_ends_it(self, url: str, said: str) -> None:
        """No waiting cures it, so the operator is told what to change; the secret path is not shown."""
        async with TelegramServer() as server:
            with pytest.raises(SettingsFault, match=r"webhook\.url") as raised:
                await platform_at(server, url).run(Store().receive)
            assert said in str(raised.value)
            assert hook_at(server, url).key not in str(raised.value)

    async def test_a_name_that_is_not_known_yet_is_waited_for(self, server: TelegramServer) -> None:
        """A fresh DNS entry takes its time."""
        server.fail_next(
            "setWebhook", Fault(kind="bad_request", text="Bad Request: bad webhook: Failed to resolve host: unknown")
        )
        server.world.says(GROUP, 184467, "halo")
        store = Store()
        async with called(server, store):
            await store.until(lambda: store.texts == ["halo"])
        assert [name for name, _ in server.calls].count("setWebhook") == 2

    async def test_a_refused_token_ends_it(self, server: TelegramServer) -> None:
        """No waiting cures a wrong token."""
        with pytest.raises(LoginRefused, match="@BotFather"):
            await platform_at(server, "http://127.0.0.1:9", token="7000000001:revoked").run(Store().receive)


class TestProbe:
    """`check --online` says how Telegram's calls fare."""

    async def test_before_the_first_start(self, server: TelegramServer) -> None:
        """Nothing is wrong yet."""
        platform = platform_at(server, "https://bot.example")
        said = [finding for finding in await platform.probe(()) if "webhook" in finding.text]
        assert [finding.ok for finding in said] == [True]

    async def test_calls_that_fail_are_explained(self, server: TelegramServer) -> None:
        """In Telegram's words, with what to look at."""
        server.methods.webhook_url = hook_at(server, "http://127.0.0.1:9").url
        server.world.says(GROUP, 184467, "menunggu")
        async with asyncio.timeout(PATIENCE_S):
            await server.deliveries.until(bool)
        where = "http://127.0.0.1:9/webhooks/telegram/…"
        look = "check that the address reaches web.bind from outside: DNS, certificate, firewall, proxy"
        findings = await platform_at(server, "http://127.0.0.1:9").probe(())
        assert [finding.text for finding in findings if not finding.ok] == [
            f"Telegram's calls of {where} fail (Connection refused), 1 updates wait; {look}"
        ]
