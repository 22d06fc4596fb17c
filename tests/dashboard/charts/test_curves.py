"""Every curve is named where it ends, and no name lies on another."""

from itertools import pairwise

import pytest
from fake_evaluation import SKILLS, make_evaluation
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.curves import found_curves, method_style, spread
from dashboard.i18n import translator
from governance.scores.evaluation_tables import Case, curves_table
from risk.evaluation.methods.registry import METHODS

GAP = 0.04
ENDS = st.dictionaries(st.sampled_from(list("abcdefghijkl")), st.floats(0, 1), min_size=1)


@given(ENDS)
def test_labels_keep_their_order_stand_apart_and_stay_inside(ends: dict[str, float]) -> None:
    placed = spread(ends, least_gap=GAP, top=1.0)
    order = sorted(ends, key=lambda name: (ends[name], name))
    heights = [placed[name] for name in order]
    assert all(b - a >= GAP - 1e-9 for a, b in pairwise(heights))
    assert min(heights) >= 0
    assert max(heights) <= 1.0 + 1e-9


@given(st.floats(0, 1))
def test_a_label_alone_stays_where_its_line_ends(end: float) -> None:
    assert spread({"a": end}, least_gap=GAP, top=1.0) == {"a": end}


def test_no_two_methods_are_drawn_alike() -> None:
    styles = [(colour, tuple(dashes)) for colour, dashes in map(method_style, METHODS)]
    assert len(set(styles)) == len(METHODS)


def test_the_scores_line_is_the_widest_and_the_one_without_area_is_wider_than_the_others() -> None:
    case = Case("inspections:found", "building", "inspected", "2mo")
    curves = curves_table(make_evaluation().summary, case)
    drawn = found_curves(curves, case, say=translator("zh"))
    lines = [layer for layer in drawn["layer"] if layer["mark"]["type"] == "line"]
    widths = {
        row["method"]: layer["mark"]["strokeWidth"]
        for layer in lines
        for row in layer["data"]["values"]
    }
    widest = sorted(set(widths.values()))
    assert [name for name in widths if widths[name] == widest[-1]] == ["score"]
    medium = {name for name in widths if widths[name] == widest[-2]}
    assert medium == {"score_no_area"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_method_is_named_beside_the_picture(language: str) -> None:
    say, case = translator(language), Case("inspections:found", "building", "inspected", "2mo")
    drawn = found_curves(curves_table(make_evaluation().summary, case), case, say=say)
    ends = [row for layer in drawn["layer"][-2:] for row in layer["data"]["values"]]
    named = {row["name"] for row in ends}
    assert named == {say.name("method", method) for method in SKILLS}
