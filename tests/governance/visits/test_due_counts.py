"""What is due is counted by the query as it is over frames."""

from datetime import date, datetime, timedelta
from typing import Any

import ibis
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_coverage import find_due, measure_coverage

from data.contracts.vocabulary import VisitResult
from governance.visits.due_counts import BY, count_due, count_late, late_rows, with_due_days
from governance.visits.rules.settings import TIERS, VisitRules

ON = date(2026, 11, 24)
SINCE = date(2026, 11, 1)
RULES = VisitRules()
EVENING = datetime(2026, 11, 24, 19)  # noqa: DTZ001 -- local times throughout
ROW = st.fixed_dictionaries(
    {
        "tier": st.sampled_from([*TIERS, None]),
        "last_at": st.none() | st.integers(1, 320).map(lambda days: EVENING - timedelta(days=days)),
        "last_result": st.sampled_from([*VisitResult]),
        "visits": st.integers(0, 2),
        "looked": st.integers(0, 2),
        "seen": st.booleans(),
        "community_code": st.sampled_from(["C1", "C2", None]),
        "grid_code": st.sampled_from(["G1", None]),
    }
)
SEEN = ("last_at", "last_result", "visits", "looked")


def tables(rows: list[dict[str, Any]], *, scored: bool) -> tuple[pd.DataFrame, Any]:
    """Return some buildings as one frame, and as the query has them."""
    frame = pd.DataFrame(rows).assign(building_id=[f"B{n}" for n in range(len(rows))])
    frame["last_at"] = frame["last_at"].astype("datetime64[us]").where(frame["seen"])
    frame["last_result"] = frame["last_result"].where(frame["seen"] & frame["last_at"].notna(), "")
    counts = frame[["visits", "looked"]].where(frame["seen"], 0)
    frame = frame.assign(**counts)
    if not scored:
        frame["tier"] = None
    kinds = {"building_id": "string", "last_at": "timestamp(6)", "last_result": "string",
             "visits": "int64", "looked": "int64"}  # fmt: skip
    seen = ibis.memtable(frame.loc[frame["seen"], ["building_id", *SEEN]], schema=kinds)
    texts = {"building_id": "string", "community_code": "string", "grid_code": "string"}
    register = ibis.memtable(frame[list(texts)], schema=texts)
    tiers = frame.loc[frame["tier"].notna(), ["building_id", "tier"]]
    told = ibis.memtable(tiers, schema={"building_id": "string", "tier": "string"})
    plain = frame.assign(tier=frame["tier"].fillna("").astype(str))
    return plain, with_due_days(register, told if scored else None, seen, rules=RULES)


@given(st.lists(ROW, min_size=1, max_size=12), st.sampled_from([*BY]), st.booleans())
@settings(max_examples=25)
def test_coverage_is_counted_as_over_frames(
    rows: list[dict[str, Any]],
    by: str,
    scored: bool,  # noqa: FBT001 -- drawn
) -> None:
    frame, query = tables(rows, scored=scored)
    plain = measure_coverage(find_due(frame, since=SINCE, until=ON, rules=RULES), by=by)
    counted = count_due(query, since=SINCE, until=ON, by=by)
    pd.testing.assert_frame_equal(counted, plain, check_dtype=False)


@given(st.lists(ROW, min_size=1, max_size=12))
@settings(max_examples=25)
def test_what_is_late_is_counted_as_over_frames(rows: list[dict[str, Any]]) -> None:
    frame, query = tables(rows, scored=True)
    never_due = date(2026, 10, 5)
    due = find_due(frame, since=ON, until=date(2028, 1, 1), rules=RULES)
    days = due["due_on"].dt.normalize().fillna(pd.Timestamp(never_due))
    late = (pd.Timestamp(ON) - days).dt.days.clip(lower=0)
    listed = late[(late > 0) | due["last_at"].isna()]
    worst = int(listed.max()) if len(listed) else 0
    told = late_rows(query, on=ON, never_due=never_due)
    assert count_late(told) == (len(listed), worst)
    rows = told.to_pandas().set_index("building_id")["days_late"]
    assert dict(rows) == dict(zip(due.loc[listed.index, "building_id"], listed, strict=True))


def test_coverage_counts_visited_of_due_and_says_when_few() -> None:
    usual = {"community_code": "C1", "grid_code": "G1", "last_result": "未发现异常", "seen": True,
             "last_at": EVENING - timedelta(days=30), "visits": 0, "looked": 0}  # fmt: skip
    rows = [
        usual | {"tier": "红", "visits": 2, "looked": 1},
        usual | {"tier": "红"},
        usual | {"tier": "红", "visits": 1},
        usual | {"tier": "蓝", "visits": 1},  # not due
        usual | {"tier": "蓝", "last_at": None, "community_code": "C2"},
    ]
    table = count_due(tables(rows, scored=True)[1], since=SINCE, until=ON, by="community")
    whole = table.set_index(["unit", "tier"]).loc[("C1", "")]
    assert (whole["due"], whole["visited"], whole["looked"], whole["breaches"]) == (3, 2, 1, 1)
    assert whole["few"]
    assert whole["most_late_days"] == 23  # due a week after the last visit, 30 days ago
