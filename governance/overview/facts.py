"""What the start page tells: facts in frames and counts, and how they are worked out; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import ibis
import pandas as pd
from ibis.expr.types import Table

from data.contracts.vocabulary import NextStep

RISER_COLUMNS = ("unit", "name", "community_code", "tier_before", "tier", "score_before", "score",
                 "change")  # fmt: skip
LATE, SUSPECTED = "retries_due", "suspected"
"""Kinds of lines about visits that asked for another."""
LEFT_OPEN = frozenset({NextStep.AGAIN, NextStep.CHIEF_LOOKS})
"""Next steps of a visit that leave something to be done at its door."""
EVENT_COLUMNS = ("kind", "week", "before")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartLine:
    """One thing that asks for somebody's attention."""

    kind: str
    """What it is: ``visits_due``, ``retries_due``, ``suspected``, ``duty_gap``, ``duty_overlap``,
    ``duty_left``, ``duty_no_pledge``, ``quarantine``, ``addresses``, ``later_rows``,
    ``lost_buildings``, ``old_import``, ``drift``, ``score_old`` or ``proposals``; of next week's
    plan ``plan_missing``, ``plan_draft``, ``plan_changed`` (since teams saw it) or
    ``plan_published``.
    """
    count: int
    """How many, days for what is old."""
    facts: Mapping[str, object]
    """What else its sentence says: the table, the worst case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFigures:
    """What stands over the map beside its tiers, each as on the start page."""

    complaints: int | None
    """New ones in the last seven days; None to who may not see complaints."""
    visits_due: int
    """Buildings whose visit is overdue."""
    suspected: int
    """Buildings with a suspicion that waits to be verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFacts:
    """Everything on the start page, as far as the person may see.

    ``has_rows``, ``has_score``: whether anything was imported, and scored; without either the page
    says what to do first.
    ``as_of``, ``before``: days of the newest snapshot and of the one of the same model a week or
    more older; None where there is none.
    ``overdue``, ``duties``, ``warnings``: what waits, what is missing in responsibility, what is
    wrong with the data; none is zero.
    """

    on: date
    has_rows: bool
    has_score: bool
    as_of: date | None
    before: date | None
    first: pd.DataFrame
    """`governance.overview.first_places.PLACE_COLUMNS`: the buildings to look at first."""
    risers: pd.DataFrame
    """`RISER_COLUMNS`: the buildings whose score rose most between the two, the biggest first."""
    events: pd.DataFrame
    """`EVENT_COLUMNS`: what happened in the last seven days, and in the seven before."""
    plan: StartLine | None
    """How far next week's patrol plan is; None for who neither makes nor publishes plans."""
    overdue: tuple[StartLine, ...]
    duties: tuple[StartLine, ...]
    warnings: tuple[StartLine, ...]
    coverage: pd.DataFrame
    """As `governance.visits.coverage.CoverageService.summary` by community over the last thirty
    days, all tiers together; empty without a visit that was due.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityFacts:
    """What a meeting about one community wants to know."""

    code: str
    name: str
    facts: StartFacts
    tiers: Mapping[str, int]
    """How many of its buildings are in each tier of the newest score, the highest tier first."""
    suspicions: pd.DataFrame
    """`governance.overview.suspicions.SUSPICIONS` of it."""


def find_risers(before: Table, now: Table, *, most: int) -> pd.DataFrame:
    """Return the buildings whose score rose most, the biggest rise first; ties by id.

    ``before``, ``now``: buildings of two snapshots: ``building_id, score, tier, community_code``. A
    building that is new in the second has risen from nothing known and is left out.

    Returns `RISER_COLUMNS` without ``name``.
    """
    earlier = before.select("building_id", tier_before="tier", score_before="score")
    both = now.select("building_id", "community_code", "tier", "score").join(earlier, "building_id")
    both = both.mutate(unit=both["building_id"], change=both["score"] - both["score_before"])
    risen = both.filter(both["change"] > 0).order_by(ibis.desc("change"), "unit").limit(most)
    columns = [name for name in RISER_COLUMNS if name != "name"]
    frame: pd.DataFrame = risen.select(*columns).to_pyarrow().to_pandas()
    return frame


def find_waiting(visits: pd.DataFrame, *, now: datetime) -> dict[str, pd.DataFrame]:
    """Find the places whose last visit asked for another that is late, or for a chief's look.

    ``visits``: ``building_id, unit, at, next_step, retry_at``, of one time the later first; only
    the last of a place counts, since a later visit settles what an earlier one left open.
    ``now``: local time.

    Returns ``retries_due`` and ``suspected``: rows of ``visits``, one a place, the earliest
    appointment first.
    """
    if visits.empty:
        return dict.fromkeys((LATE, SUSPECTED), visits)
    oldest_first = visits.iloc[::-1].sort_values("at", kind="stable")
    last = oldest_first.drop_duplicates(["building_id", "unit"], keep="last")
    last = last.sort_values(["retry_at", "at", "building_id", "unit"])
    late = last["next_step"].eq(NextStep.AGAIN) & (pd.to_datetime(last["retry_at"]) < now)
    chief = last["next_step"].eq(NextStep.CHIEF_LOOKS)
    return {LATE: last[late], SUSPECTED: last[chief]}


def count_old_imports(tables: pd.DataFrame, *, now: datetime, days: int) -> dict[str, int]:
    """Return for each table whose last import is older than some days how old that is, in days.

    ``tables``: ``table, rows, last_import`` (local time); a table without rows is not old but
    missing.
    """
    known = tables[(tables["rows"] > 0) & tables["last_import"].notna()]
    ages = {
        str(row.table): (now - pd.Timestamp(row.last_import)).days  # type: ignore[arg-type]
        for row in known.itertuples()
    }
    return {table: age for table, age in ages.items() if age > days}
