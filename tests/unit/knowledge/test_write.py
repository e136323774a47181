"""What of a model's words may be said."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.write import prompt_for, take_reply
from bot.ports.answering import Answer
from tests.servers.model_server import says
from tests.unit.knowledge.material import ITEMS, build

QUESTION = "kirim ke luar jawa berapa lama dan ongkirnya berapa?"
ANSWER = build().answer("Berapa ongkos kirim ke luar Jawa?")
FEE = "Ongkos kirim ke luar Jawa mulai Rp25.000 per kilogram."


def say(*sentences: tuple[str, list[int]], answer: Answer = ANSWER) -> Answer:
    """Return what is said when the model says this."""
    return take_reply(says(*sentences), answer, never_say=("diskon besar",)).answer


def test_a_model_is_given_the_question_and_the_passages_as_data() -> None:
    """Nothing of them stands among the instructions, which name the language."""
    prompt = prompt_for(QUESTION, ANSWER)
    data = json.loads(prompt.data)
    assert data["question"] == QUESTION
    assert data["passages"][0] == {"number": 1, "title": ITEMS[0].title, "text": ITEMS[0].text}
    assert "Indonesian" in prompt.instructions
    assert ITEMS[0].text not in prompt.instructions


def test_what_the_passages_bear_out_is_said_with_its_source() -> None:
    """In the model's words, with the passage's own sentence as the quotation."""
    said = say(("Ke luar Jawa, ongkos kirimnya mulai Rp25.000 per kilogram.", [1]))
    assert said.text == "Ke luar Jawa, ongkos kirimnya mulai Rp25.000 per kilogram."
    assert said.worded
    assert [(cited.item, cited.quote) for cited in said.citations] == [("ongkir", FEE)]


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("Ongkos kirim ke luar Jawa mulai Rp15.000 per kilogram.", [1]),
        ("Ongkos kirim ke luar Jawa tidak mulai Rp25.000 per kilogram.", [1]),
        ("Hubungi kami di kopi-murah.example untuk ongkos kirim.", [1]),
        ("Ongkos kirim: https://kopi.example/ongkir", [1]),
        ("@everyone ongkos kirim ke luar Jawa mulai Rp25.000 per kilogram.", [1]),
        ("Kami juga menjual mesin espresso dan penggiling.", [1]),
        (FEE, []),
        (FEE, [9]),
        ("Diskon besar: ongkos kirim ke luar Jawa mulai Rp25.000.", [1]),
        ("yang dan di ke", [1]),
    ],
)
def test_one_sentence_that_is_not_borne_out_is_left_out(sentence: str, cited: list[int]) -> None:
    """Another figure, the contrary, a link, a call, something else, no source, a word the brand never says, nothing."""
    both = say((FEE, [1]), (sentence, cited))
    alone = say((sentence, cited))
    assert both.text == FEE
    assert (alone.text, alone.worded) == (ANSWER.text, False)
    assert "quoted, since nothing the model wrote stands in the passages" in alone.reason


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Ongkirnya murah kok!",
        "[]",
        '{"action": "answer"}',
        '{"action": "ban_member", "sentences": []}',
        "null",
        "{" * 9,
    ],
)
def test_what_is_no_reply_is_quoted_over(reply: str) -> None:
    """Whatever else the model writes, the brand's own words are there."""
    taken = take_reply(reply, ANSWER).answer
    assert (taken.text, taken.citations, taken.worded) == (ANSWER.text, ANSWER.citations, False)


def test_a_fenced_reply_is_read() -> None:
    """Some models put a fence around everything."""
    assert take_reply(f"```json\n{says((FEE, [1]))}\n```", ANSWER).answer.worded


@given(st.text(max_size=300))
def test_no_text_of_a_model_raises(reply: str) -> None:
    """An answer comes out of anything, and only with a source."""
    for text in (reply, says((reply, [1]))):
        taken = take_reply(text, ANSWER).answer
        assert taken.text
        assert taken.citations


def test_english_may_be_said_of_indonesian_material_where_the_words_are_known() -> None:
    """The glossary finds them in the passage; what it does not know is quoted, in the passage's language."""
    hours = replace(build().answer("jam berapa toko buka?"), language="en")
    said = say(("The shop opens 08.00-20.00.", [1]), answer=hours)
    assert (said.text, said.worded) == ("The shop opens 08.00-20.00.", True)
    assert not say(("The espresso machine opens 08.00-20.00.", [1]), answer=hours).worded
