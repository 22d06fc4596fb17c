"""What a visit's way and purpose read as, told to who may not know the random arm."""

from datetime import datetime
from itertools import product
from typing import Any

import ibis
import pandas as pd
import pytest

from data.contracts.vocabulary import VisitKind
from governance.visits.rules.blinding import DRAWN_PURPOSES, blind_visits, blinded_facts
from governance.visits.rules.settings import VisitRules

RULES = VisitRules()
HOURS = (0, 5, 6, 12, 17, 18, 23)
MOMENTS = [
    *(datetime(2026, 11, 24, hour, minute) for hour in HOURS for minute in (0, 30)),  # noqa: DTZ001 -- local times
    None,
]
PURPOSES = [*sorted(DRAWN_PURPOSES), "投诉核查", None]


def _stated(row: dict[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("mode", "purpose") if isinstance(row[name], str)}


def test_rows_of_a_table_read_as_each_alone_and_what_a_row_leaves_out_stays_out() -> None:
    every = product(MOMENTS, [*VisitKind, None], PURPOSES)
    rows = pd.DataFrame(list(every), columns=["event_at", "mode", "purpose"])
    rows["event_at"] = rows["event_at"].astype("datetime64[us]")
    blinded = blind_visits(ibis.memtable(rows.assign(n=range(len(rows)))), RULES)
    seen = blinded.order_by("n").to_pandas().to_dict("records")
    for row, told in zip(rows.to_dict("records"), seen, strict=True):
        at = None if pd.isna(row["event_at"]) else row["event_at"]
        assert _stated(told) == blinded_facts(_stated(row), at, RULES)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_nothing_that_is_told_names_chance_or_a_plan(purpose: str | None) -> None:
    facts = {"mode": VisitKind.DRAWN} | ({} if purpose is None else {"purpose": purpose})
    told = {str(blinded_facts(facts, at, RULES)) for at in MOMENTS}
    assert not any(VisitKind.DRAWN in each or "随机" in each or "计划" in each for each in told)
