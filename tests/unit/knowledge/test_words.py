"""How text becomes terms, and whose language it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.language import detect_language, match_language
from bot.knowledge.words import LONGEST_WORD, fold_text, roots_of, split_words, stem_word, terms_of, write_out


@pytest.mark.parametrize(
    "family",
    [
        "kirim pengiriman mengirim dikirim ngirim kirimin kiriman terkirim",
        "pesan pesanan memesan dipesan pemesanan pesananku",
        "bayar membayar pembayaran bayarin dibayar bayarkah bayarlah",
        "simpan menyimpan penyimpanan disimpan nyimpan nyimpen",
        "kembali pengembalian mengembalikan dikembalikan",
        "kopi kopinya kopiku",
        "harga harganya",
        "sangrai disangrai penyangraian",
        "tukar penukaran menukar ditukar",
        "ambil mengambil pengambilan diambil",
        "giling menggiling penggilingan digiling digilingin",
    ],
)
def test_indonesian_families_share_a_stem(family: str) -> None:
    """Prefixes, suffixes, particles and what chat does to them leave one stem."""
    assert len({stem_word(word, "id") for word in family.split()}) == 1


def test_english_families_share_a_stem() -> None:
    """Ships, shipped and shipping are one."""
    assert len({stem_word(word, "en") for word in ("ship", "ships", "shipped", "shipping")}) == 1


def test_what_looks_alike_is_folded_alike() -> None:
    """Width, case, drawn-out letters and invisible characters make no difference; double letters do."""
    assert fold_text("\uff22\uff21NGEEEET ca\u200bre") == "banget care"
    assert fold_text("cool coffee") == "cool coffee"


def test_chat_spelling_stands_for_its_words() -> None:
    """Slang is read as the words it stands for, in Indonesian text only."""
    assert [term.stem for term in terms_of("ongkir", "id")] == [stem_word(word, "id") for word in ("ongkos", "kirim")]
    assert [term.stem for term in terms_of("brp", "en")] == ["brp"]


def test_stop_words_are_kept_and_marked() -> None:
    """Words without a topic are there, and known for what they are, in both languages at once."""
    found = {term.surface: term.informative for term in terms_of("how do I bayar pakai QRIS dong kak", "id")}
    topics = {word for word, informative in found.items() if informative}
    assert topics == {"bayar", "qris"}


@pytest.mark.parametrize(
    ("chatted", "root"),
    [
        ("dicek", "cek"),
        ("nyicil", "cicil"),
        ("ketuker", "tuker"),
        ("boxnya", "box"),
        ("disampulin", "sampul"),
        ("mesen", "pesen"),
    ],
)
def test_a_chat_form_may_be_made_of_its_root(chatted: str, root: str) -> None:
    """Among what a word may be made of is what it is made of; other languages are left alone."""
    assert root in roots_of(chatted, "id")
    assert roots_of(chatted, "en") == ()


@given(st.text(max_size=60))
def test_roots_are_words_of_some_length(word: str) -> None:
    """Whatever is asked about: few, and none too short to mean anything."""
    roots = roots_of(word, "id")
    assert all(len(root) >= 3 for root in roots)
    assert len(roots) <= 200


def test_a_written_question_lacks_what_chat_adds() -> None:
    """Spelled out, and without forms of address and particles; a text of nothing else stays as it is."""
    assert write_out("gmn cara order dong kak?", "id") == "bagaimana cara order ?"
    assert write_out("kak min!", "id") == "kak min!"
    assert write_out("how do I order, min?", "en") == "how do I order, min?"


@given(st.text(max_size=500))
def test_any_text_splits_into_bounded_words(text: str) -> None:
    """Words are never empty, never long, and the same when split again."""
    words = split_words(text)
    assert all(0 < len(word) <= LONGEST_WORD for word in words)
    assert all(not word.isspace() for word in words)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("gmn cara byr kak", "id"),
        ("brp hari nyampe ya", "id"),
        ("yg di bandung udh buka blm", "id"),
        ("do you ship to bali", "en"),
        ("what's the price", "en"),
        ("mau refund gmn caranya", "id"),
        ("is the kopi tubruk any good", "en"),
    ],
)
def test_short_chat_tells_its_language(text: str, language: str) -> None:
    """A few telling words decide, whatever the other words are."""
    assert detect_language(text, ("en", "id")) == detect_language(text, ("id", "en")) == language


def test_the_first_language_is_the_fallback() -> None:
    """A text that tells nothing is taken for the brand's first language, or the one that is hinted."""
    assert detect_language("QRIS", ("id", "en")) == "id"
    assert detect_language("QRIS", ("id", "en"), hint="en-GB") == "en"


def test_a_language_without_a_list_is_told_by_the_model() -> None:
    """German beside English needs the statistical model, which decides among the brand's own languages."""
    text = "Guten Tag, wann wird meine Bestellung geliefert und was kostet der Versand nach Wien?"
    assert detect_language(text, ("en", "de")) == "de"


def test_a_region_finds_its_language() -> None:
    """en-GB is English to a brand that speaks en, and the other way round; French is nothing to it."""
    found = [match_language(wanted, ("id", "en")) for wanted in ("en-GB", "EN", "fr", "", None)]
    assert found == ["en", "en", None, None, None]
    assert match_language("pt", ("pt-BR",)) == "pt-BR"
