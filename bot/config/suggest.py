"""The nearest known word to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable

#: How alike two words must be, of 100 (Indel similarity), to be taken for a slip of the finger.
_ALIKE = 65


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if any is near enough; the first of equals."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a file with an error needs it; start-up stays light

    found = process.extractOne(
        word.casefold(), list(known), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_ALIKE
    )
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say `did you mean "…"?`, or "" when nothing is near."""
    found = nearest(word, known)
    return f'did you mean "{found}"?' if found else ""
