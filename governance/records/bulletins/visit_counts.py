"""Counts of what was seen on site in a stretch of time, by community."""

from datetime import datetime, timedelta
from typing import Final

import pandas as pd
from ibis.expr.types import Table

from data.contracts.vocabulary import LOOKED, VisitResult
from data.engine import Engine
from data.lake.schema import EVENT_AT, IMPORTED_AT
from governance.access.scopes import Scope

COUNTED: Final = ("visits", "person_times", "places", "found", "suspected", "looked_again",
                  "found_again", "known_later")  # fmt: skip
RELAPSE_DAYS: Final = 365
"""So far back a confirmed find makes a place one that is looked at again."""


def count_visits(engine: Engine, begun: datetime, ended: datetime, *, scope: Scope) -> pd.DataFrame:
    """Count visits from ``begun`` on and before ``ended``, local times, by community.

    Returns index community code (``""`` where none is known); `COUNTED`: ``person_times`` of who
    went (one where a row does not say), ``places`` distinct buildings, ``found`` and ``suspected``
    visits, ``looked_again`` buildings looked at that had a confirmed find in the 365 days before
    the beginning, ``found_again`` those of them with another, ``known_later`` visits of the stretch
    that became known, or were changed, after its end.
    """
    table = scope.of_rows(engine.table("inspections"))
    table = table.mutate(community=table["community_code"].fill_null(""))
    rows = table.filter((table[EVENT_AT] >= begun) & (table[EVENT_AT] < ended))
    found = rows["result"] == VisitResult.FOUND
    counted = rows.group_by("community").agg(
        visits=rows.count(),
        person_times=rows["person_times"].fill_null(1).sum(),
        places=rows["building_id"].nunique(),
        found=rows.count(where=found),
        suspected=rows.count(where=rows["result"] == VisitResult.SUSPECTED),
        known_later=rows.count(where=rows[IMPORTED_AT] >= ended),
    )
    both = _indexed(counted).join(_indexed(_again(table, rows, begun)), how="outer")
    frame: pd.DataFrame = both.reindex(columns=list(COUNTED)).fillna(0).astype("int64")
    return frame


def visits_began_at(engine: Engine) -> datetime | None:
    """Return the time of the first visit on file, local; None where there is none."""
    first = engine.table("inspections")[EVENT_AT].min().to_pyarrow().as_py()
    return first if isinstance(first, datetime) else None


def _again(table: Table, rows: Table, begun: datetime) -> Table:
    """Count places with an earlier find that were looked at, and those where it was found again."""
    since = begun - timedelta(days=RELAPSE_DAYS)
    earlier = table.filter(
        (table[EVENT_AT] >= since) & (table[EVENT_AT] < begun)
        & (table["result"] == VisitResult.FOUND) & (table["building_id"] != "")
    )  # fmt: skip
    known = earlier.select("building_id").distinct()
    looked = rows.filter(rows["result"].isin(list(LOOKED))).semi_join(known, "building_id")
    places = looked.group_by(["community", "building_id"]).agg(
        again=(looked["result"] == VisitResult.FOUND).any()
    )
    return places.group_by("community").agg(
        looked_again=places.count(), found_again=places["again"].cast("int64").sum()
    )


def _indexed(table: Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pyarrow().to_pandas()
    return frame.set_index("community")
