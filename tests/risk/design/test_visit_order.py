"""The order of visits, by which the last row of a day tells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from risk.design.visit_order import in_order


@pytest.mark.parametrize("span", [365, 80_000])
def test_visits_come_by_day_result_hour_find_and_place_in_the_files(span: int) -> None:
    """Beside the plain sorting of a frame; days of a year and of two hundred years."""
    rng = np.random.default_rng(3)
    visits = pd.DataFrame(
        {
            "day": rng.choice(rng.integers(-span, span, 20), 300),
            "found": rng.choice([0.0, 0.5, 1.0, np.nan], 300),
            "hour": rng.choice([np.nan, 9.0, 9.5], 300),
            "import_id": rng.choice(["20260102", "20260101"], 300),
            "sheet": rng.choice(["", "b", "a"], 300),
            "source_row": rng.permutation(300),
        }
    )
    plain = visits.assign(result=visits["found"].notna())
    by = ["day", "result", "hour", "found", "import_id", "sheet", "source_row"]
    plain = plain.sort_values(by, na_position="first")
    assert in_order(visits).tolist() == plain.index.tolist()
