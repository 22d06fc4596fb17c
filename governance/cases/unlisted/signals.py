"""What points at a building, counted by kind, and which buildings are on a list already."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

import ibis
import pandas as pd
from ibis.expr.types import BooleanValue, Table

from data.contracts.registry import TABLES
from data.contracts.vocabulary import VisitResult
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.engine import Engine
from risk.config.score import ScoreConfig

SIGNALS: Final = ("complaints", "adverts", "finds", "firms")
"""Reports not found untrue, adverts, visits that found or suspected, firms in dwellings."""
INSTITUTION: Final = "培训|教育|托管|辅导"
"""Words in what a tenant does by which it is an institution."""
_OF_INSTITUTIONS: Final = "机构"
_Question = Callable[[Table, Mapping[str, Table]], Table]


def signals(
    engine: Engine, *, since: datetime, config: ScoreConfig, at: Collection[str] | None = None
) -> pd.DataFrame:
    """Count what points at each building.

    ``since``: local time from which on it counts.
    ``config``: the score's, whose words say which tenant of a dwelling is a business.
    ``at``: these buildings alone; all where None.

    Returns index ``building_id``; a column of counts for each of `SIGNALS`, and ``newest``, the
    local time of the last of them.
    """
    counted = []
    for name, (table, column) in _SOURCES.items():
        if table not in TABLES:
            continue
        rows = engine.table(table)
        rows = rows.filter(_counts(name, rows, config) & (rows[column] >= since))
        found = _ask(rows.select("building_id", at=rows[column]), at, _count)
        counted.append(found.dropna(subset="building_id").assign(kind=name))
    every = pd.concat(counted)
    counts = every.pivot_table(index="building_id", columns="kind", values="n", aggfunc="sum")
    counts = counts.reindex(columns=list(SIGNALS)).fillna(0).astype("int64")
    return counts.assign(newest=every.groupby("building_id")["newest"].max())


def listed(engine: Engine, *, at: Collection[str] | None = None) -> set[str]:
    """Return the buildings of a list of the lake: where a decision was taken, or an institution is
    registered or was visited.

    ``at``: of these buildings alone; of all where None.
    """  # noqa: D205
    decided = engine.table("violations")
    visited = engine.table("inspections")
    rented = engine.table("rentals")
    kind = rented["unit_kind"].fill_null("")
    tables = (
        decided,
        visited.filter(visited["place_kind"] == _OF_INSTITUTIONS),
        rented.filter(kind.re_search(INSTITUTION)),
    )
    return {
        str(building)
        for table in tables
        for building in _ask(table.select("building_id"), at, _places)["building_id"].dropna()
    }


def _ask(rows: Table, at: Collection[str] | None, ask: _Question) -> pd.DataFrame:
    """Answer a question about the rows at some buildings, or about all."""
    if at is None:
        every: pd.DataFrame = ask(rows, {}).to_pandas()
        return every
    some: pd.DataFrame = ask_about_texts(rows, {"building_id": at}, ask).to_pandas()
    return some


def _count(rows: Table, lists: Mapping[str, Table]) -> Table:
    some = in_lists(rows, lists)
    return some.group_by("building_id").agg(n=some.count(), newest=some["at"].max())


def _places(rows: Table, lists: Mapping[str, Table]) -> Table:
    return in_lists(rows, lists).distinct()


def _counts(name: str, rows: Table, config: ScoreConfig) -> BooleanValue:
    """Say of the rows of a table whether they point at their building."""
    if name == "complaints":
        return rows["is_true"].fill_null("") != "不属实"
    if name == "finds":
        return rows["result"].isin([VisitResult.FOUND, VisitResult.SUSPECTED])
    if name == "firms":
        business = rows["lessee_kind"].isin(list(config.evidence.business_tenants))
        return business & rows["purpose"].isin(list(config.evidence.dwelling_purposes))
    return ibis.literal(value=True)


_SOURCES: Final = {
    "complaints": ("complaints", "received_at"),
    "adverts": ("adverts", "published_at"),
    "finds": ("inspections", "at"),
    "firms": ("rentals", "start_date"),
}
"""Signal → table and the column of its time."""
