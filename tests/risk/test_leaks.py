from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from risk.leaks import GUARDED, LeakError, guard_against_leaks

if TYPE_CHECKING:
    from datetime import datetime


@pytest.mark.parametrize("table", GUARDED)
def test_a_row_learnt_at_the_cut_stops_the_run(engine: Any, cut: datetime, table: str) -> None:
    planted = {"building_id": "B1", "event_at": cut - timedelta(days=1), "learnt_at": cut}
    with pytest.raises(LeakError) as raised:
        guard_against_leaks(engine.with_rows(table, [planted]), cut=cut)
    assert raised.value.facts["rows"] == f"{table} 1"


def test_what_was_learnt_before_the_cut_passes(engine: Any, cut: datetime) -> None:
    guard_against_leaks(engine, cut=cut)
