"""What the core needs to answer from the brand's own material."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Numbers in single precision; shapes stand where it is used. A name only: not everybody who answers needs numpy.
Vectors: TypeAlias = "NDArray[np.float32]"
Verdict: TypeAlias = Literal["answered", "unsure", "silent"]
#: What a text is when it is embedded: something asked, or something that may answer.
TextKind: TypeAlias = Literal["query", "passage"]
#: For a question nobody has embedded.
NO_VECTORS: Mapping[str, Vectors] = MappingProxyType({})


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
    #: Whether a model worded it, in `language`; else it is quoted as it stands.
    worded: bool = False


class Knowledge(Protocol):
    """The brand's material, ready to be asked. Immutable: new material makes a new one."""

    @property
    def embedders(self) -> frozenset[str]:
        """The embedders whose vectors of all the material are at hand; those of a question help with these alone."""

    def wording(self, question: str, *, language: str | None = None) -> str:
        """Return a question as an embedder should get it: chat spellings written out; "" for what is no question."""

    def answer(
        self, question: str, *, language: str | None = None, vectors: Mapping[str, Vectors] = NO_VECTORS
    ) -> Answer:
        """Answer from the material or say `unsure`; `silent` for what is no question at all (empty, emoji only).

        `language` is the asker's or the community's, when known; it breaks ties and is the fallback of detection.
        `vectors` are those of the question's `wording`, by embedder, each of shape (dimension,); without any, words
        alone decide.
        """


class Embedder(Protocol):
    """Turns texts into vectors that point the same way when the texts mean the same."""

    @property
    def name(self) -> str:
        """What its vectors are kept under: another name for whatever gives other vectors, its version included."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    async def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        """Return a vector of length 1 for each text, shape (texts, dimension); raises ComputeFault."""
