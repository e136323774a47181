"""An answer put into a model's words, where a model is there and has budget left; else it stays a quotation."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.brand import Brand
from bot.clock import Clock
from bot.errors import ModelFault
from bot.knowledge.write import prompt_for, quoted_instead, take_reply
from bot.ports.answering import Answer
from bot.ports.model import LanguageModel
from bot.ports.records import RateKey
from bot.ports.store import Transactions

_DAY = timedelta(days=1)

log = structlog.get_logger()


class WriteAnswer:
    """Words answers for one brand, never more often than its budget allows, all processes together."""

    def __init__(self, brand: Brand, model: LanguageModel, *, store: Transactions, per_day: int, clock: Clock) -> None:
        self._brand = brand
        self._model = model
        self._store = store
        self._clock = clock
        # the leaky bucket of a day's calls, all of which may come at once
        self._budget = RateKey(key="model", interval=_DAY / per_day, tolerance=_DAY / per_day * (per_day - 1))

    async def __call__(self, question: str, answer: Answer) -> Answer:
        """Return `answer` in the model's words, or as it was with the reason; what is not answered is left alone."""
        if answer.verdict != "answered":
            return answer
        async with self._store.work(self._brand.id) as work:
            now = self._clock.now()
            allowed_at = await work.allowances.take((self._budget,), now)
            await work.commit()
        if allowed_at > now:
            return quoted_instead(answer, "answers.budget is used up for now")
        prompt = prompt_for(question, answer)
        try:
            reply = await self._model.complete(instructions=prompt.instructions, data=prompt.data)
        except ModelFault as fault:
            log.warning("answer quoted instead of worded", reason=str(fault))
            return quoted_instead(answer, str(fault))
        written = take_reply(reply, answer, never_say=self._brand.never_say)
        if written.left_out:
            log.info("sentences of the model left out", reasons=sorted(written.left_out))
        return written.answer
