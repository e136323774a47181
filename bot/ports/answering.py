"""What the core needs to answer from the brand's own material."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Verdict: TypeAlias = Literal["answered", "unsure", "silent"]


@dataclass(frozen=True, kw_only=True, slots=True)
class KnowledgeItem:
    """One thing the brand says: an FAQ entry, a section of a document, a blog post."""

    #: The source's key in the YAML.
    source: str
    #: Its stable name in the source: FAQ id, `path#heading`, a post's canonical link.
    item: str
    #: What a person would call it.
    title: str
    #: Where a member can read it, if anywhere.
    url: str | None
    #: BCP 47; detected when the material does not say.
    language: str
    #: Ways of asking it; empty for documents and posts.
    questions: tuple[str, ...]
    #: What it says: plain paragraphs separated by blank lines.
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A piece of knowledge that may answer, with how well it fits."""

    item: KnowledgeItem
    #: The passage of the item that fits best, plain.
    passage: str
    #: Higher is better; comparable only within one question.
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """Where an answer comes from."""

    source: str
    item: str
    title: str
    url: str | None
    #: The very words quoted.
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is known about a question, and why."""

    verdict: Verdict
    #: Plain text to say; "" unless answered.
    text: str
    #: 0 to 1, calibrated so that `confidence` of the YAML can be compared with it.
    confidence: float
    #: Never empty when answered.
    citations: tuple[Citation, ...]
    #: Best first, at most ten.
    candidates: tuple[Candidate, ...]
    #: The language of the question, among the brand's own.
    language: str
    #: Why, for a person to read.
    reason: str


class Knowledge(Protocol):
    """The brand's material, ready to be asked. Immutable: new material makes a new one."""

    def answer(self, question: str, *, language: str | None = None) -> Answer:
        """Answer from the material or say `unsure`; `silent` for what is no question at all (empty, emoji only).

        `language` is the asker's or the community's, when known; it breaks ties and is the fallback of detection.
        """
