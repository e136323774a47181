"""Checks an FAQ that was already parsed from YAML or JSON and turns its entries into items. Pure.

Reading the file is `bot.config.faq_file`, which also turns the entry and key of a problem into a line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.errors import SettingsFault
from bot.knowledge.language import detect_language
from bot.ports.answering import KnowledgeItem

_KEYS = ("id", "question", "also", "answer", "url", "language")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: The most entries one file may hold, and the longest question and answer, in characters.
MOST_ENTRIES = 20_000
LONGEST_QUESTION = 500
LONGEST_ANSWER = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqProblem:
    """One thing to change in an FAQ."""

    #: Which entry, counted from 1; None when it is about the whole file.
    entry: int | None
    #: Which key of it; None when it is about the whole entry.
    key: str | None
    #: What is wrong and what to write instead.
    message: str

    def __str__(self) -> str:
        return self.message if self.entry is None else f"entry {self.entry}: {self.message}"


class FaqRefused(SettingsFault):
    """An FAQ does not hold; `problems` has all of them, in the order of the file."""

    def __init__(self, problems: Sequence[FaqProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def items_from_faq(data: object, *, source: str, languages: tuple[str, ...] = ("en",)) -> tuple[KnowledgeItem, ...]:
    """The items of a parsed FAQ (a list of entries), in order.

    `source` is the source's key in the YAML; `languages` the brand's own, among which the language of an entry that
    doesn't say is detected. Raises FaqRefused with every problem at once.
    """
    if data is None or data == []:
        return ()
    if not isinstance(data, list):
        raise FaqRefused([_problem(None, None, f"an FAQ is a list of entries, got {_name(data)}; begin each with '-'")])
    if len(data) > MOST_ENTRIES:
        raise FaqRefused([_problem(None, None, f"more than {MOST_ENTRIES:,} entries; split the file")])
    problems: list[FaqProblem] = []
    items: list[KnowledgeItem] = []
    first_with: dict[str, int] = {}
    for number, entry in enumerate(data, start=1):
        reader = _EntryReader(number, entry)
        item = reader.read(source, languages)
        problems.extend(reader.problems)
        if item is None:
            continue
        if item.item in first_with:
            clash = f"id {item.item!r} is already taken by entry {first_with[item.item]}; give each its own"
            problems.append(_problem(number, "id", clash))
        first_with.setdefault(item.item, number)
        items.append(item)
    if problems:
        raise FaqRefused(problems)
    return tuple(items)


class _EntryReader:
    """Reads one entry and remembers everything that is wrong with it."""

    def __init__(self, number: int, entry: object) -> None:
        self.number = number
        self.entry = entry
        self.problems: list[FaqProblem] = []

    def read(self, source: str, languages: tuple[str, ...]) -> KnowledgeItem | None:
        if not isinstance(self.entry, dict):
            self._add(None, f"an entry has the keys {', '.join(_KEYS)}; got {_name(self.entry)}")
            return None
        for key in self.entry:
            if key not in _KEYS:
                self._add(str(key), f"no key {str(key)!r} here; known are {', '.join(_KEYS)}")
        name = self._text("id", most=200)
        question = self._text("question", most=LONGEST_QUESTION)
        answer = self._text("answer", most=LONGEST_ANSWER)
        also = self._also()
        url = self._checked("url", _is_web_address, "a full http(s) address such as https://example.com/page")
        language = self._checked("language", _is_language, "a language code such as id or en")
        if self.problems or not (name and question and answer):
            return None
        return KnowledgeItem(
            source=source,
            item=name,
            title=question,
            url=url,
            language=language or detect_language(f"{question} {answer}", languages),
            questions=(question, *also),
            text=answer,
        )

    def _add(self, key: str | None, message: str) -> None:
        self.problems.append(_problem(self.number, key, message))

    def _text(self, key: str, *, most: int) -> str:
        """The text under a key that must be there; "" after noting why it isn't."""
        assert isinstance(self.entry, dict)  # noqa: S101 - checked by read(); tells mypy
        value = self.entry.get(key)
        if value is None:
            self._add(key if key in self.entry else None, f"{key!r} is missing; write {key}: …")
            return ""
        return self._plain(key, value, most)

    def _plain(self, key: str, value: object, most: int) -> str:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self._add(key, f"{key!r} must be text, got {_name(value)}; put it in quotes")
            return ""
        text = str(value).strip()
        if not text:
            self._add(key, f"{key!r} is empty; write something or take the entry out")
        elif len(text) > most:
            self._add(key, f"{key!r} has {len(text):,} characters, at most {most:,} fit; shorten it")
        return text

    def _also(self) -> tuple[str, ...]:
        assert isinstance(self.entry, dict)  # noqa: S101 - checked by read(); tells mypy
        value = self.entry.get("also")
        if value is None:
            return ()
        ways = value if isinstance(value, list) else [value]
        return tuple(dict.fromkeys(self._plain("also", way, LONGEST_QUESTION) for way in ways))

    def _checked(self, key: str, holds: Callable[[str], bool], expected: str) -> str | None:
        assert isinstance(self.entry, dict)  # noqa: S101 - checked by read(); tells mypy
        value = self.entry.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not holds(value.strip()):
            self._add(key, f"{key!r} must be {expected}, got {value!r}")
            return None
        return value.strip()


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(c.isspace() for c in text)


def _is_language(text: str) -> bool:
    return _LANGUAGE.fullmatch(text) is not None


def _problem(entry: int | None, key: str | None, message: str) -> FaqProblem:
    return FaqProblem(entry=entry, key=key, message=message)


def _name(value: object) -> str:
    """What a marketer would call the value."""
    if value is None:
        return "nothing"
    names: dict[type, str] = {dict: "a mapping", list: "a list", str: "text", bool: "yes or no", int: "a number"}
    return names.get(type(value), type(value).__name__)
