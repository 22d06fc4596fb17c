# ruff: noqa: ARG002 -- it takes what the office takes
"""What the start page of the made-up street tells."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.overview.facts import (
    RISER_COLUMNS,
    StartFacts,
    StartLine,
    find_risers,
)

LINES = (("visits_due", 14, {"worst": 9}), ("retries_due", 3, {}), ("suspected", 2, {}))


class StartAnswers:
    """Answer what a manager opens on, from the made-up scores and duties."""

    def breaches(self, actor: object, *, on: date | None = None) -> pd.DataFrame:
        places = self._made[max(self.snapshot_days)].head(3)  # type: ignore[attr-defined]
        return pd.DataFrame(
            {"building_id": places["unit"], "name": places["name"], "tier": places["tier"],
             "grid_code": places["grid_code"], "community_code": places["community_code"],
             "due_on": pd.to_datetime(["2026-11-15", "2026-11-20", None]),
             "days_late": pd.array([9, 4, None], dtype="Int64"),
             "last_at": pd.to_datetime(["2026-11-08", "2026-11-13", None]),
             "last_result": ["未发现异常", "无人", None]}
        ).reset_index(drop=True)  # fmt: skip

    def start(self, actor: object) -> StartFacts:
        days = sorted(self.snapshot_days)  # type: ignore[attr-defined]
        if not days:
            return _facts(has=False)
        now = self._made[days[-1]]  # type: ignore[attr-defined]
        risers = pd.DataFrame(columns=list(RISER_COLUMNS))
        if len(days) > 1:
            risers = find_risers(self._made[days[-2]], now, most=8)  # type: ignore[attr-defined]
            risers = risers.merge(now[["unit", "name"]], on="unit")[list(RISER_COLUMNS)]
        duties = self.responsibility_work(actor).counts  # type: ignore[attr-defined]
        return _facts(
            has=True, days=days, risers=risers,
            duties=tuple(StartLine(kind=f"duty_{kind}", count=n, facts={})
                         for kind, n in duties.items() if n),
        )  # fmt: skip


def _facts(
    *,
    has: bool,
    days: list[date] | None = None,
    risers: pd.DataFrame | None = None,
    duties: tuple[StartLine, ...] = (),
) -> StartFacts:
    days = days or []
    coverage = pd.DataFrame(
        {"unit": ["370902001001", "370902001002"], "name": ["泉林第1社区", "泉林第2社区"],
         "tier": "", "due": [42, 6], "visited": [31, 6], "looked": [30, 5],
         "share": [31 / 42, 1.0], "few": [False, True], "breaches": [3, 0],
         "most_late_days": [9, 0]}
    )  # fmt: skip
    return StartFacts(
        on=date(2026, 11, 24), has_rows=has, has_score=has,
        as_of=days[-1] if days else None, before=days[-2] if len(days) > 1 else None,
        risers=pd.DataFrame(columns=list(RISER_COLUMNS)) if risers is None else risers,
        events=pd.DataFrame({"kind": ["complaints", "rentals", "violations", "inspections"],
                             "week": [12, 31, 1, 58], "before": [9, 28, 0, 61]}),
        plan=StartLine(kind="plan_missing", count=1, facts={"first": date(2026, 11, 30),
                                                            "last": date(2026, 12, 6)}),
        overdue=tuple(StartLine(kind=k, count=n, facts=f) for k, n, f in LINES) if has else (),
        duties=duties,
        warnings=(
            StartLine(kind="quarantine", count=37, facts={}),
            StartLine(kind="addresses", count=4, facts={}),
            StartLine(kind="old_import", count=61, facts={"table": "rentals"}),
            StartLine(kind="drift", count=2, facts={}),
        ) if has else (),
        coverage=coverage.head(2 if has else 0),
    )  # fmt: skip
