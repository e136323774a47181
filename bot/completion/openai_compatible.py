"""A model behind the Chat Completions API, which OpenAI, vLLM, llama.cpp, Ollama and many others serve.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ModelFault

if TYPE_CHECKING:
    from openai import AsyncOpenAI

#: The longest completion, in tokens: an answer in a chat is short, and a model that rambles costs money and time.
_LONGEST = 600


class OpenAICompatible:
    """Meets `bot.ports.model.LanguageModel`."""

    def __init__(self, *, base_url: str, model: str, key: str, timeout: timedelta) -> None:
        """`key` may be empty where the service asks for none; `timeout` is for the whole call."""
        self._base_url = base_url
        self._model = model
        self._key = key
        self._timeout = timeout
        self._client: AsyncOpenAI | None = None

    async def complete(self, *, instructions: str, data: str) -> str:
        """See `bot.ports.model.LanguageModel.complete`."""
        from openai import OpenAIError  # noqa: PLC0415  # 60 MB that only brands with a model need

        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                made = await self._connected().chat.completions.create(
                    model=self._model,
                    messages=[{"role": "system", "content": instructions}, {"role": "user", "content": data}],
                    response_format={"type": "json_object"},
                    temperature=0,
                    max_tokens=_LONGEST,
                )
            # the SDK takes whatever comes for what it should be
            text: object = made.choices[0].message.content
        except TimeoutError:
            raise ModelFault(f"the model took more than {self._timeout.total_seconds():g} s") from None
        except OpenAIError as error:
            # its text may quote what was sent; the class says enough
            raise ModelFault(f"the model's service failed: {type(error).__name__}") from error
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            raise ModelFault(f"the model's service sent what is no completion: {type(error).__name__}") from error
        if not isinstance(text, str) or not text:
            raise ModelFault("the model wrote nothing")
        return text

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.close()

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            from openai import AsyncOpenAI  # noqa: PLC0415  # as above

            # a second try would come too late for the member who waits; a quotation is at hand
            self._client = AsyncOpenAI(api_key=self._key or "none", base_url=self._base_url, max_retries=0)
        return self._client
