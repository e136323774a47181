"""Text into terms: folding, chat spellings, stop words and stems, per language. Pure, bounded, no index here.

Stemming is Snowball's (Porter 2001; Indonesian after Tala 2003), with what Indonesian chat adds to it. A stem only has
to be the same for words of one family: it is compared, never shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.knowledge.slang import INDONESIAN_SLANG
from bot.knowledge.wordlists import CHAT_FILLERS, STOP_WORDS

#: The longest word looked at; longer runs are no words.
LONGEST_WORD = 40

_ALL_STOP_WORDS = frozenset[str]().union(*STOP_WORDS.values())
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_NASAL = re.compile(r"^ng(?=[aiueo])")
_NASAL_S = re.compile(r"^ny(?=[aiueo])")
_CLOSED_E = re.compile(r"e(?=[bcdfghjklmnpqrstvwxyz]$)")
_ELIDED_K = re.compile(r"^k(?=[aiueo])")

#: What may be put behind a root, and before it, with what the prefix may have swallowed.
_CHAT_ENDINGS = ("nya", "innya", "annya", "kannya", "in", "an", "kan", "i", "ku", "mu", "lah", "kah", "pun")
_CHAT_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "di": ("",),
    "ke": ("",),
    "ter": ("",),
    "ber": ("",),
    "se": ("",),
    "nge": ("",),
    "ng": ("", "k"),
    "ny": ("s", "c"),
    "n": ("t",),
    "m": ("p",),
    "meny": ("s", "c"),
    "meng": ("", "k"),
    "mem": ("", "p"),
    "men": ("", "t"),
    "me": ("",),
}
_SHORTEST_ROOT = 3

#: Snowball's name of the languages it stems.
_STEMMERS: Mapping[str, str] = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "ms": "indonesian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}

#: Families that Snowball's Indonesian rules tear apart.
_INDONESIAN_FAMILIES: Mapping[str, str] = {
    word: root
    for root, family in {
        "pesan": "pesan pesanan pesananku pesanannya pemesanan pemesan",
        "langgan": "langganan pelanggan pelanggannya",
        "tukar": "tukar penukaran penukar menukar menukarkan ditukar",
        "kembali": "kembali pengembalian mengembalikan dikembalikan kembalian kembalikan",
        "kemas": "kemas kemasan kemasannya dikemas mengemas pengemasan",
        "seduh": "seduh penyeduhan menyeduh diseduh seduhan",
        "tanya": "tanya pertanyaan bertanya menanyakan",
        "tani": "tani petani pertanian",
        "terima": "terima menerima diterima penerimaan penerima",
        "sangrai": "sangrai disangrai menyangrai penyangraian sangraian",
        "kedaluwarsa": "kedaluwarsa kadaluarsa kadaluwarsa kedaluarsa",
        "berat": "berat beratnya",
        "berapa": "berapa",
        "perlu": "perlu diperlukan keperluan",
        "sedia": "sedia tersedia menyediakan disediakan persediaan ketersediaan",
        "kirim": "pengirim terkirim kiriman",
    }.items()
    for word in family.split()
}


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a text as the index knows it."""

    #: The word as folded, before chat spelling and stemming.
    surface: str
    #: What families of words share.
    stem: str
    #: Whether it says what the text is about; false for stop words.
    informative: bool


def fold_text(text: str) -> str:
    """`text` in one shape: compatibility forms and case folded, invisible characters gone, "bangeeet" as "banget"."""
    if text.isascii():
        return _REPEATED.sub(r"\1", text.casefold())
    flat = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c for c in flat if unicodedata.category(c) not in {"Cf", "Mn"} or c.isspace())
    return _REPEATED.sub(r"\1", seen)


def split_words(text: str) -> tuple[str, ...]:
    """The folded words of `text` in order, apostrophes out ("don't" -> "dont", "what's" -> "what")."""
    return tuple(_strip_apostrophe(word)[:LONGEST_WORD] for word in _WORD.findall(fold_text(text)))


def _strip_apostrophe(word: str) -> str:
    flat = word.replace("\u2019", "'")
    flat = flat.removesuffix("'s")
    return flat.replace("'", "")


def spell_out(word: str, language: str) -> tuple[str, ...]:
    """The standard words a chat spelling stands for: ("gmn", "id") -> ("bagaimana",); the word itself if none."""
    if language not in {"id", "ms"}:
        return (word,)
    full = INDONESIAN_SLANG.get(word) or INDONESIAN_SLANG.get(word.removesuffix("nya"), word)
    return tuple(full.split("+"))


def write_out(text: str, language: str) -> str:
    """`text` as it would be written: "gmn order kak" as "bagaimana order", spelled out and without its fillers."""

    def full(found: re.Match[str]) -> str:
        word = found[0]
        folded = fold_text(word)
        if folded in fillers:
            return ""
        spelled = spell_out(folded, language)
        return word if spelled == (folded,) else " ".join(spelled)

    fillers = CHAT_FILLERS.get(language, frozenset())
    written = " ".join(_WORD.sub(full, text).split())
    return written if _WORD.search(written) else text


def roots_of(word: str, language: str) -> tuple[str, ...]:
    """What a folded word may be made of, by the affixes of Indonesian as it is chatted, the likeliest first.

    Most of them are no words at all: whoever asks keeps those that mean something to them. Snowball's rules, made for
    written Indonesian, leave "dicek", "boxnya" and "nyicil" whole.
    """
    if language not in {"id", "ms"} or not word.isalpha():
        return ()
    bare = [word, *(word.removesuffix(ending) for ending in _CHAT_ENDINGS if word.endswith(ending))]
    found = dict.fromkeys(bare[1:])
    for each in bare:
        for prefix, starts in _CHAT_PREFIXES.items():
            if each.startswith(prefix):
                found.update(dict.fromkeys(start + each.removeprefix(prefix) for start in starts))
    return tuple(root for root in found if len(root) >= _SHORTEST_ROOT)


def is_stop_word(word: str) -> bool:
    """Whether a folded, spelled-out word carries no topic in any language with a list: chat mixes languages freely."""
    return word in _ALL_STOP_WORDS


def terms_of(text: str, language: str) -> tuple[Term, ...]:
    """The terms of `text` read as `language` (BCP 47), in order, stop words marked and kept."""
    return tuple(term for word in split_words(text) for term in _read_word(word, language))


@lru_cache(maxsize=65_536)
def _read_word(word: str, language: str) -> tuple[Term, ...]:
    """The terms of one folded word."""
    return tuple(
        Term(
            surface=word,
            stem=stem_word(full, language),
            informative=not (is_stop_word(full) or (len(full) == 1 and not full.isdigit())),
        )
        for full in spell_out(word, language)
    )


@lru_cache(maxsize=65_536)
def stem_word(word: str, language: str) -> str:
    """The stem of one folded, spelled-out word; the word itself if the language has no stemmer or it holds digits."""
    primary = language.split("-", 1)[0].lower()
    stem = _stemmer(primary)
    if stem is None or not word.isalpha():
        return word
    if primary in {"id", "ms"}:
        return _stem_indonesian(word, stem)
    return stem(word)


def _stem_indonesian(word: str, stem: Callable[[str], str]) -> str:
    """Snowball's stem, after undoing what chat adds (ng-, nge-, ny-, -in) and before what prefixes swallow (k-).

    A closed last syllable is often said with an e for an a (simpen: simpan); every stem is given the a.

    meng- and peng- swallow a root's first k (mengirim: kirim), and Snowball can't know whether one was there. Dropping
    a k before a vowel from every stem makes both meet; the stem is compared with other stems only.
    """
    if word in _INDONESIAN_FAMILIES:
        return _elide_k(_INDONESIAN_FAMILIES[word])
    bare = word
    if bare.startswith("nge") and len(bare) > len("nge") + 3:
        bare = bare[3:]
    else:
        bare = _NASAL.sub("", _NASAL_S.sub("s", bare))
    if bare.endswith("in") and len(bare) > len("in") + 4:
        bare = bare[:-2]
    return _elide_k(_CLOSED_E.sub("a", stem(bare)))


def _elide_k(stem: str) -> str:
    return _ELIDED_K.sub("", stem) if len(stem) > 3 else stem  # noqa: PLR2004 - shorter roots would vanish


@cache
def _stemmer(primary: str) -> Callable[[str], str] | None:
    name = _STEMMERS.get(primary)
    if name is None:
        return None
    import snowballstemmer  # noqa: PLC0415 - it loads all its languages at once, and splitting words needs none

    made: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return made
