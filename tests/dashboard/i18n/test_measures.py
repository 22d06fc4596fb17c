"""A measured value is written in its own unit."""

import pytest

from dashboard.i18n.measures import figure_text, measure_text
from governance.scores.evaluation_figures import Figure


@pytest.mark.parametrize(
    ("measure", "value", "signed", "text"),
    [("hit_10", 0.4125, False, "41.2%"), ("hit_10", 0.043, True, "+4.3"),
     ("days_earlier", 6.44, False, "6.4"), ("auc", 0.6571, False, "0.657"),
     ("hit_10", -0.165, False, "0.0%"), ("hit_10", 1.02, False, "100.0%"),
     ("pai_10", 4.111, False, "4.11"), ("auc", None, False, "—"),
     ("auc", float("nan"), False, "—"), ("days_earlier", -0.5, True, "−0.5"),
     ("days_earlier", -0.01, False, "0.0")],
)  # fmt: skip
def test_a_measure_is_written_in_its_own_unit(
    measure: str,
    value: float | None,
    signed: bool,  # noqa: FBT001 -- a parameter of the test
    text: str,
) -> None:
    assert measure_text(measure, value, signed=signed) == text


def test_an_interval_stands_in_brackets_where_there_is_one() -> None:
    assert figure_text("days_earlier", Figure(6.4, 5.1, 7.7)) == "6.4 [5.1, 7.7]"
    assert figure_text("days_earlier", Figure(6.4)) == "6.4"
