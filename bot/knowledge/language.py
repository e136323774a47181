"""Which of the brand's languages a text is in. Pure; the model of py3langid is loaded only when word lists can't tell.

Chat is short and misspelt, where statistical identification is weakest and a list of telling words strongest, so the
words vote first. The model (Lui and Baldwin 2012) then decides among the brand's languages alone. It takes about half a
second to load.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.knowledge.wordlists import TELLING_WORDS
from bot.knowledge.words import split_words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: How much of a text is looked at, in characters.
LOOKED_AT = 2_000
#: With fewer words than this the model guesses, and the fallback is the better guess.
_FEWEST_WORDS_FOR_MODEL = 4


def detect_language(text: str, languages: tuple[str, ...], *, hint: str | None = None) -> str:
    """The one of `languages` (BCP 47, not empty, the brand's first one first) that `text` is in.

    `hint` is what the asker is known to speak: it wins when the words don't tell, if it is one of `languages`.
    """
    if len(languages) == 1:
        return languages[0]
    words = split_words(text[:LOOKED_AT])
    winner = _vote(words, languages)
    if winner is not None:
        return winner
    known = match_language(hint, languages)
    listed = all(primary(language) in TELLING_WORDS for language in languages)
    if (known is not None and listed) or len(words) < _FEWEST_WORDS_FOR_MODEL:
        return known or languages[0]
    return _classify(" ".join(words), languages) or known or languages[0]


def match_language(wanted: str | None, languages: tuple[str, ...]) -> str | None:
    """The one of `languages` that `wanted` means ("en-GB" finds "en"), or None."""
    if wanted is None:
        return None
    exact = [language for language in languages if language.lower() == wanted.lower()]
    close = [language for language in languages if primary(language) == primary(wanted)]
    return next(iter(exact + close), None)


def primary(language: str) -> str:
    """The language itself without script and region: "en-GB" -> "en"."""
    return language.replace("_", "-").split("-", 1)[0].lower()


def _vote(words: tuple[str, ...], languages: tuple[str, ...]) -> str | None:
    """The language whose telling words are in the majority, None on a tie or without any."""
    votes = {
        language: sum(word in TELLING_WORDS.get(primary(language), ()) for word in words) for language in languages
    }
    ranked = sorted(votes.values(), reverse=True)
    if ranked[0] == 0 or ranked[0] == ranked[1]:
        return None
    unlisted = [language for language in languages if primary(language) not in TELLING_WORDS]
    if unlisted and ranked[0] * 4 < len(words):
        return None
    return max(votes, key=lambda language: votes[language])


def _classify(text: str, languages: tuple[str, ...]) -> str | None:
    identifier = _load_identifier()
    known = [language for language in languages if primary(language) in _labels()]
    if not known:
        return None
    ranked = [code for code, _ in identifier.rank(text)]
    return min(known, key=lambda language: ranked.index(primary(language)))


@cache
def _load_identifier() -> LanguageIdentifier:
    from py3langid.langid import (  # noqa: PLC0415 - half a second and 40 MB that most runs never need
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@cache
def _labels() -> frozenset[str]:
    return frozenset(_load_identifier().labels)
