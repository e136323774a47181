"""How answers are measured."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.answer_quality import area_under_curve


@pytest.mark.parametrize(
    ("scores", "positive", "area"),
    [([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1.0), ([0.9, 0.1], [0, 1], 0.0), ([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], 0.5)],
)
def test_the_area_is_the_chance_of_the_right_order(scores: list[float], positive: list[int], area: float) -> None:
    """1 where every positive scores above every negative, one half where nothing can be told."""
    assert area_under_curve(np.asarray(scores), np.asarray(positive, dtype=bool)) == pytest.approx(area)


def test_missing_sets_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The benchmark fails and says what to give it."""
    assert main(["answer_quality", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "give the folder of the sets with --data" in said.err


def test_figures_come_as_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With both figures, their ratio, the target and whether it is met."""
    rows = [(f"where is my {thing} {thing}{number}", thing) for thing in ("card", "loan") for number in range(12)]
    (tmp_path / "banking77").mkdir()
    with (tmp_path / "banking77" / "train.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "category"), *rows])
    (tmp_path / "clinc150").mkdir()
    sets = {"train": rows, "val": rows[:4], "oos_train": [["what is the weather", "oos"]], "oos_val": [["sing", "oos"]]}
    (tmp_path / "clinc150" / "dev.json").write_text(json.dumps(sets), encoding="utf-8")
    main(["answer_quality", "--json", "--data", str(tmp_path), "--only", "clinc150", "--only", "banking77"])
    found = json.loads(capsys.readouterr().out)
    assert {"name", "sizes", "ours", "peer", "ratio", "target", "met"} <= set(found)
    assert found["sizes"] == {"clinc150 questions": 6, "banking77 questions": 4}
    assert found["ours"] == 1.0
