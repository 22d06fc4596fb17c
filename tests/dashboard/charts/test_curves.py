"""Every curve is named where it ends, and no name lies on another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fake_evaluation import SKILLS, make_evaluation
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.curves import (
    drawn_name,
    found_curves,
    method_style,
    spread,
)
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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_method_is_named_beside_the_picture(language: str) -> None:
    say, case = translator(language), Case("inspections:found", "building", "inspected", "2mo")
    drawn = found_curves(curves_table(make_evaluation().summary, case), case, say=say)
    ends = [row for layer in drawn["layer"][-2:] for row in layer["data"]["values"]]
    named = {row["name"] for row in ends}
    assert named == {drawn_name(method, say=say) for method in SKILLS}


def test_the_visit_model_has_a_short_name_beside_its_line_and_others_have_their_own() -> None:
    say = translator("en")
    assert drawn_name("visit_model", say=say) == "Visit model"
    assert drawn_name("kde", say=say) == say.name("method", "kde")
