"""What `bot.ports.model.LanguageModel` promises, of the real client against a service on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.completion.openai_compatible import OpenAICompatible
from bot.errors import ModelFault
from tests.servers.model_server import KEY, Asked, Mind, ModelServer, Trouble


@asynccontextmanager
async def client(
    mind: Mind, *, key: str = KEY, seconds: float = 20
) -> AsyncIterator[tuple[OpenAICompatible, ModelServer]]:
    """Open a client of a service with this mind."""
    async with ModelServer(mind) as server:
        model = OpenAICompatible(base_url=server.base_url, model="small", key=key, timeout=timedelta(seconds=seconds))
        try:
            yield model, server
        finally:
            await model.close()


async def test_words_go_in_and_come_out() -> None:
    """Instructions and data stay apart on the way."""
    async with client(lambda asked: f"{asked.data}!") as (model, server):
        assert await model.complete(instructions="Be brief.", data="hai") == "hai!"
        assert server.asked == [Asked(instructions="Be brief.", data="hai")]


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(status=500, body=b"{}"),
        Trouble(status=429, body=b'{"error": {"message": "slow down"}}'),
        Trouble(body=b"<html>"),
        Trouble(body=b"{}"),
        Trouble(body=b"[1]"),
        Trouble(body=b'{"choices": []}'),
        Trouble(body=b'{"choices": [{}]}'),
        Trouble(body=b'{"choices": [{"message": {"content": null}}]}'),
        Trouble(body=b'{"choices": [{"message": {"content": ["a"]}}]}'),
    ],
)
async def test_what_is_no_completion_is_a_fault(trouble: Trouble) -> None:
    """Whatever the service sends instead, once and without another try."""
    async with client(lambda _: trouble) as (model, server):
        with pytest.raises(ModelFault):
            await model.complete(instructions="Be brief.", data="hai")
        assert len(server.asked) == 1


async def test_a_service_that_hangs_is_left() -> None:
    """The member waits no longer than the brand allows."""
    async with client(lambda _: Trouble(hang=True), seconds=0.2) as (model, _):
        with pytest.raises(ModelFault, match=r"more than 0\.2 s"):
            await model.complete(instructions="Be brief.", data="hai")


async def test_a_refused_key_is_a_fault_that_does_not_tell_it() -> None:
    """Nor anything that was sent."""
    async with client(lambda _: "", key="sk-another-key-of-somebody") as (model, _):
        with pytest.raises(ModelFault) as raised:
            await model.complete(instructions="Be brief.", data="a member's words")
    assert "sk-another" not in str(raised.value)
    assert "member's words" not in str(raised.value)
    assert "AuthenticationError" in str(raised.value)


async def test_a_service_that_is_away_is_a_fault() -> None:
    """Nobody listens there."""
    async with client(lambda _: "") as (model, server):
        pass
    model = OpenAICompatible(base_url=server.base_url, model="small", key="", timeout=timedelta(seconds=20))
    with pytest.raises(ModelFault, match="APIConnectionError"):
        await model.complete(instructions="Be brief.", data="hai")
    await model.close()
