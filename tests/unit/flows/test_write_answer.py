"""An answer in a model's words: while the budget lasts, and never at the price of the answer."""

from __future__ import annotations

from dataclasses import replace

from bot.clock import ReplayClock
from bot.errors import ModelFault
from bot.flows.write_answer import WriteAnswer
from bot.ports.store import Transactions
from tests.servers.model_server import says
from tests.unit.conversation.sample import BRAND
from tests.unit.flows.sample import move
from tests.unit.knowledge.material import build

ANSWER = build().answer("Berapa ongkos kirim ke luar Jawa?")
WORDS = "Ke luar Jawa, ongkos kirimnya mulai Rp25.000 per kilogram."


class Model:
    """A model that always writes the same, or always fails."""

    def __init__(self, reply: str | None) -> None:
        self._reply = reply
        self.times = 0

    async def complete(self, *, instructions: str, data: str) -> str:
        """Write it."""
        self.times += 1
        if self._reply is None:
            raise ModelFault(f"nothing for {len(instructions)} and {len(data)} characters")
        return self._reply


def writing(model: Model, store: Transactions, clock: ReplayClock, per_day: int = 2) -> WriteAnswer:
    """Return what puts answers into the model's words."""
    return WriteAnswer(BRAND, model, store=store, per_day=per_day, clock=clock)


async def test_the_budget_is_a_day_s(store: Transactions, clock: ReplayClock) -> None:
    """Two a day, however many processes ask; after half a day one more is there, and then none."""
    model = Model(says((WORDS, [1])))
    worded = [(await writing(model, store, clock)("ongkir?", ANSWER)).worded for _ in range(3)]
    assert (worded, model.times) == ([True, True, False], 2)
    await move(clock, minutes=12 * 60)
    later = [await writing(model, store, clock)("ongkir?", ANSWER) for _ in range(2)]
    assert [answer.worded for answer in later] == [True, False]
    assert later[1] == replace(ANSWER, reason=f"{ANSWER.reason}; quoted, since answers.budget is used up for now")


async def test_a_model_that_fails_costs_only_its_words(store: Transactions, clock: ReplayClock) -> None:
    """The material is quoted, with the reason."""
    answer = await writing(Model(None), store, clock)("ongkir?", ANSWER)
    assert (answer.text, answer.worded) == (ANSWER.text, False)
    assert "quoted, since nothing for" in answer.reason


async def test_what_is_not_known_is_not_written(store: Transactions, clock: ReplayClock) -> None:
    """A model never speaks where the gate is silent."""
    model = Model(says((WORDS, [1])))
    unsure = build().answer("apakah kalian menjual traktor?")
    assert await writing(model, store, clock)("traktor?", unsure) == unsure
    assert model.times == 0
