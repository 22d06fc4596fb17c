"""Points laid end to end arrive at the score."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.score import points_bar, points_table, trend_line
from dashboard.i18n import translator

DYADIC = st.integers(-(2**20), 2**20).map(lambda n: n / 1024)
POINTS = st.dictionaries(
    st.sampled_from(["exposure", "complaints", "violations", "ring", "unvisited"]),
    DYADIC,
    min_size=1,
)


@given(POINTS)
def test_bars_lie_end_to_end_and_the_last_is_their_sum(points: dict[str, float]) -> None:
    table = points_table(points, say=translator("zh"))
    parts, total = table.iloc[:-1], table.iloc[-1]
    assert total["end"] == sum(points.values())
    assert total["start"] == 0
    assert parts["start"].tolist() == [0.0, *parts["end"].tolist()][: len(parts)]
    assert sum(parts["points"]) == total["end"]


def test_the_base_comes_first_and_the_others_by_size() -> None:
    points = {"ring": 1.0, "complaints": -5.0, "exposure": 0.5, "violations": 3.0}
    factors = points_table(points, say=translator("en"))["factor"].tolist()
    assert factors == ["Start (size)", "Complaints", "Past violations", "Neighbourhood", "Score"]


def test_charts_are_drawn_with_system_fonts() -> None:
    chart = points_bar({"exposure": 1.0, "ring": -0.5}, say=translator("zh"))
    assert chart["config"]["font"].startswith("Noto Sans CJK SC")


def test_a_trend_names_its_tiers() -> None:
    trend = pd.DataFrame(
        {"as_of": ["2026-10-31", "2026-11-30"], "score": [1.0, 2.0], "tier": ["蓝", "红"],
         "rank": [9, 1]}
    )  # fmt: skip
    drawn = trend_line(trend, say=translator("en"))
    rows = drawn["data"]["values"]
    assert [row["label"] for row in rows] == ["blue", "red"]
