"""Evaluations stored before the visit model had its name open under it."""

from __future__ import annotations

from typing import Any

from risk.evaluation.report.stored import upgrade

OLD: dict[str, Any] = {
    "seconds": 1.0,
    "absent": [],
    "runs": [{"method": "scorecard", "auc": 0.6}, {"method": "random", "auc": 0.5}],
    "summary": [
        {
            "method": "scorecard",
            "differences": {"scorecard_no_area": {}, "random": {}},
            "calibration": [{"expected": float(n), "observed": 3.0} for n in range(10)],
        },
        {"method": "random", "differences": {"scorecard": {}}, "calibration": []},
    ],
}


def test_methods_get_the_names_of_today_wherever_they_stand() -> None:
    found = upgrade(OLD)
    assert [run["method"] for run in found["runs"]] == ["visit_model", "random"]
    ours, random = found["summary"]
    assert list(ours["differences"]) == ["visit_model_no_area", "random"]
    assert list(random["differences"]) == ["visit_model"]
    assert found["seconds"] == 1.0


def test_the_top_tenth_is_told_from_the_stored_tenths() -> None:
    ours, random = upgrade(OLD)["summary"]
    assert ours["top_tenth"]["ratio"] == 3.0
    assert random["top_tenth"] is None


def test_what_is_up_to_date_stays_as_it_is() -> None:
    once = upgrade(OLD)
    assert upgrade(once) == once
