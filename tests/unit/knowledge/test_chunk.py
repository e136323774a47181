"""How texts are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.chunk import LONGEST_PASSAGE, LONGEST_SENTENCE, cut_passages, split_sentences

TEXT = st.text(st.sampled_from("ab .!?\n\u201d)1,:…"), max_size=400) | st.text(max_size=400)


def test_paragraphs_are_passages() -> None:
    """A blank line separates; a lead-in stays with what it leads to."""
    assert cut_passages("One. Two.\n\nThree.\n \nFour:\n\nfive") == ("One. Two.", "Three.", "Four:\n\nfive")


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    """No passage has more words than allowed, and no sentence is broken."""
    sentence = "This sentence has exactly seven words here."
    passages = cut_passages(" ".join([sentence] * 40))
    assert all(len(passage.split()) <= LONGEST_PASSAGE for passage in passages)
    assert all(passage.endswith("here.") for passage in passages)
    assert len(passages) > 1


def test_abbreviations_and_numbers_end_no_sentence() -> None:
    """A full stop inside Rp25.000, after Jl. or in e.g. is none."""
    text = "Harga Rp25.000 per kg. Toko di Jl. Braga no. 5, mis. dekat stasiun. See e.g. the map!"
    assert split_sentences(text)[0] == "Harga Rp25.000 per kg."
    assert split_sentences(text)[-1] == "See e.g. the map!"
    assert any("Jl. Braga no. 5" in sentence for sentence in split_sentences(text))


@given(TEXT)
def test_pieces_stand_in_the_text_in_order(text: str) -> None:
    """Passages and sentences are the very words of the text, in its order, none lost but blanks."""
    for cut in (cut_passages, split_sentences):
        at = 0
        for piece in cut(text):
            at = text.index(piece, at) + len(piece)
        assert "".join("".join(cut(text)).split()) == "".join(text.split())


@given(st.integers(1, 5_000))
def test_an_endless_sentence_is_cut(length: int) -> None:
    """A text without any end of sentence still gives bounded pieces."""
    assert all(len(piece) <= LONGEST_SENTENCE for piece in split_sentences("x" * length))
