"""What the benchmark of the score measures can be run."""

from pathlib import Path

import pytest

from benchmarks.score_scale import STEPS, make_tables


@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_step_runs_on_a_small_street(step: str, tmp_path: Path) -> None:
    make_tables(tmp_path, 60)
    STEPS[step](tmp_path)
