"""What the benchmark of the score measures can be run."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.scores import score_scale
from benchmarks.scores.score_scale import STEPS, make_tables
from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig

SUMS = {"features", "pandas", "polars"}
"""Steps that sum what buildings have; they are run to be compared."""


@pytest.mark.parametrize("step", sorted(STEPS.keys() - SUMS))
def test_every_step_runs_on_a_small_street(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in ("EXPLAINED", "TIMES"):
        monkeypatch.setattr(score_scale, count, 1)
    monkeypatch.setattr(score_scale, "LEARNING", ScoreConfig(model=ModelConfig(windows=2)))
    make_tables(tmp_path, 60)
    STEPS[step](tmp_path)


@pytest.mark.parametrize("step", sorted(SUMS - {"features"}))
def test_plain_scripts_sum_what_the_product_sums(step: str, tmp_path: Path) -> None:
    if step == "polars":
        pytest.importorskip("polars", reason="polars is not installed")
    make_tables(tmp_path, 200)
    plain = STEPS[step](tmp_path)
    plain = plain.to_pandas().set_index(c.BUILDING) if step == "polars" else plain
    ours = STEPS["features"](tmp_path).buildings.set_index(c.BUILDING).fillna(0.0)
    names = [name for name in plain if name != c.REGISTERED]  # unknown is not 0 in the product
    assert len(names) >= 8
    pd.testing.assert_frame_equal(
        plain[names], ours[names], check_dtype=False, check_index_type=False, atol=1e-6
    )
