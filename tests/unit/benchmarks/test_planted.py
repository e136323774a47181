"""Who connects is found in communities drawn from a model, and by counting messages it isn't."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.planted_community import DAYS, plant_community, tie_rows


def test_connectors_are_found_and_message_counts_find_none(capsys: pytest.CaptureFixture[str]) -> None:
    """The short form of the benchmark: nine of the ten first, over communities small and larger."""
    arguments = ["planted", "--communities", "6", "--largest", "3000", "--needles", "0", "--json"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["met"] is True
    assert found["ours"] >= 0.9
    assert found["peer"] <= 0.3
    assert {"name", "sizes", "ours", "peer", "ratio", "target", "met"} <= set(found)


def test_too_small_a_community_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The benchmark fails and says what it needs."""
    assert main(["planted", "--smallest", "20"]) == 1
    assert "needs 100 members" in capsys.readouterr().err


@pytest.mark.parametrize("size", [200, 2000])
def test_a_community_is_as_its_model_says(size: int) -> None:
    """Most lurk, few write most, connectors write as ordinary people do, and nobody turns to themselves."""
    community = plant_community(size, seed=4)
    messages = np.sort(community.messages)
    assert np.median(messages) <= 5
    assert messages[-size // 10 :].sum() >= 0.5 * messages.sum()
    mine = community.messages[sorted(community.planted)]
    active = community.messages[community.messages > 5]
    assert np.median(mine) <= np.quantile(active, 0.9)
    assert not (community.author == community.target).any()
    assert set(community.day.tolist()) <= set(range(DAYS))
    assert len(list(tie_rows(community))) == len(community.author)
    again = plant_community(size, seed=4)
    assert (again.author.tolist(), again.planted) == (community.author.tolist(), community.planted)
