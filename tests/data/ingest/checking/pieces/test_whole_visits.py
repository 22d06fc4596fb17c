"""Visits with a row for each problem, of which one row cannot be read."""

from collections.abc import Callable

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.ingest.batches import SENT_ROW, CheckedBatch

Check = Callable[..., CheckedBatch]

PROBLEMS = ("critical", "minor", "critical")
NUMBER = "Inspection ID"
ROWS = [
    {NUMBER: number, "address": address, "date": f"2026-11-{day}", "purpose": purpose,
     "severity": problem, "pupils": "2"}
    for number, address, day, purpose in (
        ("1", "12 High Street", "03", "Routine"),
        ("2", "12 High Street", "10", "Re-inspection"),
        ("3", "14 High Street", "03", "Complaint"),
    )
    for problem in PROBLEMS
]  # fmt: skip
BROKEN = {"date": "2026-13-40", "address": "", "pupils": "many", NUMBER: "2.5E+17"}
FOUND = {("12 High Street", 3, 2, 1), ("12 High Street", 10, 2, 1), ("14 High Street", 3, 2, 1)}


def found_in(checked: CheckedBatch) -> list[tuple[str, int, int, int]]:
    rows = checked.accepted.to_pylist()
    counts = ("critical_count", "other_count")
    return [(r["raw_address"], r["at"].day, *(r[name] for name in counts)) for r in rows]


def as_columns(rows: pd.DataFrame) -> dict[str, list[str]]:
    return {str(name): rows[name].tolist() for name in rows}


@given(
    order=st.permutations(range(9)),
    bad=st.dictionaries(st.integers(0, 8), st.sampled_from(sorted(BROKEN)), min_size=1, max_size=2),
    numbered=st.booleans(),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_visit_counts_once_with_all_its_problems_whichever_row_is_corrected(
    check: Check, order: list[int], bad: dict[int, str], *, numbered: bool
) -> None:
    sent = pd.DataFrame([ROWS[at] for at in order])
    broken = sent.copy()
    for row, column in bad.items():
        broken.loc[row, column] = BROKEN[column]
    if not numbered:  # a row without number and place says of no visit that it is of it
        broken["address"] = sent["address"]
        sent, broken = sent.drop(columns=NUMBER), broken.drop(columns=NUMBER)
    first = check("inspections", as_columns(broken))
    waiting = sent.iloc[[row - 2 for row in first.quarantined[SENT_ROW].to_pylist()]]
    second = check("inspections", as_columns(waiting))
    assert sorted(found_in(first) + found_in(second)) == sorted(FOUND)
    assert not len(second.quarantined)


def test_the_other_rows_of_a_visit_wait_with_the_one_that_is_refused(check: Check) -> None:
    rows = pd.DataFrame(ROWS[:4]).assign(pupils=["many", "2", "2", "2"])
    checked = check("inspections", as_columns(rows))
    told = checked.problems.select(["source_row", "code", "expected"]).to_pylist()
    assert [(row["source_row"], row["code"], row["expected"]) for row in told] == [
        (2, "unreadable_number", ""),
        (3, "other_row_refused", "2"),
        (4, "other_row_refused", "2"),
    ]


def test_a_row_without_a_day_that_several_visits_can_mean_holds_none_of_them(check: Check) -> None:
    rows = pd.DataFrame(ROWS[:7]).drop(columns=[NUMBER, "purpose"])
    rows.loc[0, "date"] = ""
    checked = check("inspections", as_columns(rows))
    assert checked.reasons == {"required_missing": 1}
    assert sorted(found_in(checked)) == [
        ("12 High Street", 3, 1, 1),
        ("12 High Street", 10, 2, 1),
        ("14 High Street", 3, 1, 0),
    ]


def test_a_visit_with_a_number_has_the_place_that_any_of_its_rows_tells(check: Check) -> None:
    rows = pd.DataFrame(ROWS[:3])
    rows.loc[0, "address"] = ""
    assert found_in(check("inspections", as_columns(rows))) == [("12 High Street", 3, 2, 1)]


def test_a_number_that_rows_of_two_days_have_is_refused(check: Check) -> None:
    rows = pd.DataFrame(ROWS).assign(**{NUMBER: ["7"] * 6 + ["8"] * 3})
    checked = check("inspections", as_columns(rows))
    assert checked.reasons == {"number_on_two_days": 6}
    assert found_in(checked) == [("14 High Street", 3, 2, 1)]
