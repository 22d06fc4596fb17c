"""What the start page tells is worked out so."""

from datetime import datetime

import ibis
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from governance.overview.facts import count_old_imports, find_risers, find_waiting

NOW = datetime(2026, 11, 24, 9)  # noqa: DTZ001 -- local time
SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 100), min_size=1)


def ranked(scores: dict[str, float]) -> pd.DataFrame:
    units = sorted(scores)
    return pd.DataFrame(
        {
            "building_id": units,
            "score": [scores[u] for u in units],
            "tier": "黄",
            "community_code": "1",
        }
    )


def visit(building: str, at: str, step: str, retry: str | None = None, unit: str = "") -> dict:
    return {"building_id": building, "unit": unit, "at": pd.Timestamp(at), "next_step": step,
            "retry_at": pd.NaT if retry is None else pd.Timestamp(retry)}  # fmt: skip


@given(SCORES, SCORES, st.integers(1, 5))
def test_risers_are_known_before_have_risen_and_come_biggest_first(
    before: dict[str, float], now: dict[str, float], most: int
) -> None:
    tables = (ibis.memtable(ranked(scores)) for scores in (before, now))
    found = find_risers(*tables, most=most)
    plain = sorted(
        ((now[u] - before[u], u) for u in set(before) & set(now) if now[u] > before[u]),
        key=lambda each: (-each[0], each[1]),
    )
    assert found["unit"].tolist() == [unit for _, unit in plain[:most]]


def test_a_retry_is_late_only_after_its_time_and_only_if_nobody_went_since() -> None:
    visits = pd.DataFrame(
        [
            visit("late", "2026-11-20", "again", "2026-11-23 19:00"),
            visit("later", "2026-11-20", "again", "2026-11-25 19:00"),
            visit("gone", "2026-11-20", "again", "2026-11-21 19:00"),
            visit("gone", "2026-11-22", "none"),
        ]
    )
    waiting = find_waiting(visits, now=NOW)
    assert waiting["retries_due"]["building_id"].tolist() == ["late"]
    assert waiting["suspected"].empty


def test_a_suspicion_waits_at_each_door_until_somebody_went() -> None:
    visits = pd.DataFrame(
        [visit("a", "2026-11-20", "chief_looks", unit=door) for door in ("101", "102")]
    )
    waiting = find_waiting(visits, now=NOW)
    assert waiting["retries_due"].empty
    assert waiting["suspected"]["unit"].tolist() == ["101", "102"]


def test_without_visits_nothing_waits() -> None:
    assert all(rows.empty for rows in find_waiting(pd.DataFrame(), now=NOW).values())


def test_a_table_is_old_after_its_days_and_an_empty_one_is_missing_not_old() -> None:
    tables = pd.DataFrame(
        {"table": ["rentals", "complaints", "units"], "rows": [5, 5, 0],
         "last_import": pd.to_datetime(["2026-09-01", "2026-11-20", "2026-01-01"])}
    )  # fmt: skip
    assert count_old_imports(tables, now=NOW, days=45) == {"rentals": 84}
