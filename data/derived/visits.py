"""Convert recorded visits to rows of the table of inspections.

A visit lives in the store with every version of it. Read with the imports it is a row like any
other: known from the moment it was recorded, superseded when it was corrected or taken back, and
placed by its building. Beside who looked – which never leaves the store – nothing is lost.
"""

from datetime import tzinfo
from typing import Final

import pandas as pd
import pyarrow as pa

from data.contracts.registry import TABLES
from data.contracts.vocabulary import PURPOSE_OF_ORIGIN, VisitAction
from data.lake.schema import (
    EVENT_AT,
    IMPORT_ID,
    IMPORTED_AT,
    LEARNT_AT,
    ROW_HASH,
    ROW_KEY,
    SOURCE_ROW,
    SUPERSEDED_AT,
    VERSION_COLUMNS,
    VERSION_LEARNT_AT,
    rows_schema,
)
from data.workspace.clock import local_times

TABLE: Final = "inspections"
"""The table that visits belong to."""
SOURCE: Final = "visits"
"""What stands in their column of imports."""
ROWS_VERSION: Final = 3
"""Part of the fingerprint: raise it when the same visits would read otherwise."""

ACTION_OF_STEP: Final = {"none": VisitAction.NONE.value, "refer": VisitAction.REFER.value}
OTHERWISE: Final = VisitAction.WATCH.value
_CONTENT = (
    *("building_id", "unit", "at", "result", "signs", "pupils", "teachers", "note"),
    *("next_step", "origin", "kind", "minutes"),
)


def rows_of_visits(log: pd.DataFrame, zone: tzinfo) -> pa.Table:
    """Return the versions of visits as stored rows of inspections, with their times of knowledge.

    ``log``: all versions, as `data.store.repositories.visits.Visits.log` gives them.
    ``zone``: time zone of the office: when something became known is told in its local time.

    Returns the columns of `data.lake.schema.rows_schema`, then those of `VERSION_COLUMNS`; ordered
    by visit and version. What was taken back ends the version before it and has no row itself.
    """
    versions = log.sort_values(["visit_id", "version"], ignore_index=True)
    versions = _with_times(versions, zone)
    versions = versions[~versions["withdrawn"]].reset_index(drop=True)
    columns = {
        "inspection_id": versions["visit_id"],
        "at": versions["at"],
        "mode": versions["kind"],
        "purpose": versions["origin"].map(PURPOSE_OF_ORIGIN),
        "building_id": versions["building_id"],
        "person_times": pd.Series(1, index=versions.index, dtype="Int64"),
        "result": versions["result"],
        "signs": versions["signs"].map(_joined),
        "pupils": versions["pupils"],
        "teachers": versions["teachers"],
        "action": versions["next_step"].map(ACTION_OF_STEP).fillna(OTHERWISE),
        "minutes": versions["minutes"],
        "note": versions["note"].where(versions["note"] != ""),
        ROW_KEY: versions["visit_id"],
        ROW_HASH: versions[ROW_HASH],
        IMPORT_ID: pd.Series(SOURCE, index=versions.index, dtype="str"),
        SOURCE_ROW: versions["id"],
        EVENT_AT: versions["at"],
        LEARNT_AT: versions[LEARNT_AT],
    }
    schema = rows_schema(TABLES[TABLE])
    known = [_column(columns.get(f.name), f.type, len(versions)) for f in schema]
    rows = pa.table(known, schema=schema)
    for name in VERSION_COLUMNS:
        rows = rows.append_column(name, pa.array(versions[name], pa.timestamp("us")))
    return rows


def _with_times(versions: pd.DataFrame, zone: tzinfo) -> pd.DataFrame:
    """Add when each version became known, ended, and first said what it says."""
    known = local_times(versions["recorded_at"], zone)
    visit = versions["visit_id"]
    earliest_left = known[::-1].groupby(visit[::-1]).cummin()[::-1]
    ended = earliest_left.groupby(visit).shift(-1)
    content = versions[list(_CONTENT)].assign(signs=versions["signs"].map(_joined))
    hashes = [f"{h:016x}" for h in pd.util.hash_pandas_object(content.astype(str), index=False)]
    timed = versions.assign(
        **{VERSION_LEARNT_AT: known, SUPERSEDED_AT: ended, ROW_HASH: pd.Series(hashes, dtype="str")}
    )
    first = timed.groupby(["visit_id", ROW_HASH])[VERSION_LEARNT_AT].transform("min")
    return timed.assign(**{LEARNT_AT: first, IMPORTED_AT: first})


def _joined(signs: list[str]) -> str | None:
    return ";".join(signs) or None


def _column(values: pd.Series | None, kind: pa.DataType, count: int) -> pa.Array:
    if values is None:
        return pa.nulls(count, kind)
    return pa.Array.from_pandas(values).cast(kind)
