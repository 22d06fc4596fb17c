"""Who is named at which building: tenants, firms, parties and contacts as keyed hashes."""

from collections.abc import Mapping
from typing import Final

import ibis
import pandas as pd
from ibis.expr.types import StringValue, Table

from data.contracts.registry import TABLES
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.engine import Engine

MOST_BUILDINGS: Final = {"uscc": 12, "contact": 12, "firm": 12, "name": 3}
"""A key that more buildings share is of an agent or landlord, or a name that many people bear."""
_ROWS: Final = {
    "rentals": (("lessee_uscc", "lessee_key"), "start_date", "end_date", "lessee"),
    "violations": (("party_key",), "decided_on", "decided_on", "party"),
    "adverts": (("contact_key",), "published_at", "published_at", ""),
    "complaints": (("accused_key",), "received_at", "received_at", ""),
}
"""Table → columns that say who, from when, until when, and the masked name as it is kept."""


def mentions(engine: Engine) -> Table:
    """Return who is named at which building.

    Returns ``party`` a keyed hash or a credit code, never told to anybody; ``kind`` ``uscc``,
    ``firm``, ``name`` (of a person, so weak) or ``contact``; ``building_id``, ``community_code``,
    ``grid_code``; ``since``, ``until``; ``source`` the table; ``name`` masked as kept. Only rows
    that are placed in a building. Who complained is in none of them.
    """
    parts = [
        _of_column(engine.table(table), table, column)
        for table, (columns, *_) in _ROWS.items()
        if table in TABLES
        for column in columns
        if any(field.name == column for field in TABLES[table].fields)
    ]
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]


def shared(mentioned: Table) -> Table:
    """Return the mentions of parties of more than one building, with ``degree``: how many."""
    keyed = mentioned.group_by("party", "kind")
    ends = keyed.agg(first=mentioned["building_id"].min(), last=mentioned["building_id"].max())
    some = mentioned.semi_join(ends.filter(ends["first"] != ends["last"]), ["party", "kind"])
    counted = some.group_by("party", "kind").agg(degree=some["building_id"].nunique())
    return mentioned.inner_join(counted, ["party", "kind"])


def with_hubs(mentioned: pd.DataFrame) -> pd.DataFrame:
    """Add to mentions, as of `shared`, whether their party is a ``hub``.

    It has more than `MOST_BUILDINGS` of its kind and makes no link, so that an agent or landlord of
    hundreds of flats does not tie a town together.
    """
    most = mentioned["kind"].map(MOST_BUILDINGS).fillna(0).astype("int64")
    return mentioned.assign(hub=mentioned["degree"] > most)


def mentions_around(engine: Engine, building_id: str) -> pd.DataFrame:
    """Read the mentions, as of `with_hubs`, of whoever is named at a building and elsewhere."""
    condition = {"building_id": [building_id]}
    return with_hubs(ask_about_texts(mentions(engine), condition, _of_parties_at).to_pandas())


def _of_parties_at(mentioned: Table, lists: Mapping[str, Table]) -> Table:
    parties = in_lists(mentioned, lists).select("party", "kind").distinct()
    return shared(mentioned.semi_join(parties, ["party", "kind"]))


def _of_column(rows: Table, table: str, column: str) -> Table:
    _, since, until, name = _ROWS[table]
    names = rows[name].cast("string") if name else ibis.null("string")
    known = rows[column].notnull() & rows["building_id"].notnull()  # noqa: PD004 -- an Ibis column
    return rows.filter(known).select(
        party=rows[column].cast("string"),
        kind=_kind(column, names),
        building_id=rows["building_id"],
        community_code=rows["community_code"],
        grid_code=rows["grid_code"],
        since=rows[since].cast("timestamp(6)"),
        until=rows[until].cast("timestamp(6)"),
        source=ibis.literal(table),
        name=names,
    )


def _kind(column: str, name: StringValue) -> StringValue:
    if column == "lessee_uscc":
        return ibis.literal("uscc")
    if column in {"contact_key", "accused_key"}:
        return ibis.literal("contact")
    return name.contains("*").ifelse("name", "firm").fill_null("name")
