"""Rules of what a visit is expected to find, of those that came after a score as well."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.features.visit_results import (
    LEVEL,
    PURPOSE,
    RATIO,
    VisitResults,
    add_expected_finds,
    usual_finds,
)

FIRST = pd.Timestamp("2026-01-01")
CUT = pd.Timestamp("2026-11-01")
CONFIG = ScoreConfig()
TEXTS = ("日常巡查", "专项检查", "线索核查", "回头看")
visits = st.tuples(
    st.integers(0, 200), st.sampled_from(TEXTS), st.sampled_from(["属实", "未发现异常", "无人"])
)


def frame(told: list[tuple[int, str, str]]) -> pd.DataFrame:
    days, purposes, results = zip(*told, strict=True) if told else ((), (), ())
    return pd.DataFrame(
        {
            "result": pd.Series(results, dtype="str"),
            "purpose": pd.Series(purposes, dtype="str"),
            "mode": pd.Series([""] * len(told), dtype="str"),
            c.EVENT_AT: FIRST + pd.to_timedelta(pd.Series(days, dtype="int64"), unit="D"),
            c.SURE: 1.0,
            c.EFFORT: pd.Series([1.0 - n % 3 / 4 for n in days], dtype=np.float64),
        }
    )


@given(st.lists(visits, max_size=12), st.lists(visits, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_visit_of_later_is_measured_by_the_nearest_day_and_the_purpose_that_a_score_knew(
    told: list[tuple[int, str, str]], later: list[tuple[int, str, str]]
) -> None:
    known = add_expected_finds(frame(told), cut=CUT, config=CONFIG)
    usual = usual_finds(VisitResults(rows=known, tenants=pd.DataFrame()))
    found = add_expected_finds(frame([*told, *later]), cut=CUT, config=CONFIG, usual=usual)
    pd.testing.assert_frame_equal(found.head(len(told)), known)
    by_day = dict(zip(usual[c.DAY], usual[LEVEL], strict=True))
    by_purpose = dict(zip(usual[PURPOSE], usual[RATIO], strict=True))
    for row in found[found["found"].notna()].to_dict("records"):
        nearest = min(by_day, key=lambda day: (abs(day - row[c.DAY]), day), default=None)
        level = 0.0 if nearest is None else by_day[nearest]
        expected = level * row[c.EFFORT] * np.exp(by_purpose.get(row[PURPOSE], 0.0))
        assert row["expected"] == expected
