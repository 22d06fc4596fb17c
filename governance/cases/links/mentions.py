"""Who is named at which building: tenants, firms, parties and contacts as keyed hashes."""

from typing import Final

import ibis
from ibis.expr.types import StringValue, Table

from data.contracts.registry import TABLES
from data.engine import Engine

MENTION_COLUMNS: Final = ("party", "kind", "building_id", "community_code", "grid_code", "since",
                          "until", "source", "name")  # fmt: skip
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

    Returns
    -------
    table
        `MENTION_COLUMNS`: ``party`` a keyed hash or a credit code, never told to anybody, ``kind``
        ``uscc``, ``firm``, ``name`` (of a person, so weak) or ``contact``; ``name`` masked as
        kept. Only rows that are placed in a building. Who complained is in none of them.
    """
    parts = [
        _of_column(engine.table(table), table, column)
        for table, (columns, *_) in _ROWS.items()
        if table in TABLES
        for column in columns
        if any(field.name == column for field in TABLES[table].fields)
    ]
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]


def shared(told: Table) -> Table:
    """Return the parties of more than one building: ``party, kind, degree, hub``.

    ``degree`` counts buildings; a ``hub`` has more than `MOST_BUILDINGS` of its kind and makes no
    link, so that an agent or landlord of hundreds of flats does not tie a town together.
    """
    keyed = told.group_by("party", "kind")
    ends = keyed.agg(first=told["building_id"].min(), last=told["building_id"].max())
    some = told.semi_join(ends.filter(ends["first"] != ends["last"]), ["party", "kind"])
    counted = some.group_by("party", "kind").agg(degree=some["building_id"].nunique())
    most = ibis.cases(
        *((counted["kind"] == kind, count) for kind, count in MOST_BUILDINGS.items()), else_=0
    )
    return counted.mutate(hub=counted["degree"] > most)


def _of_column(rows: Table, table: str, column: str) -> Table:
    _, since, until, name = _ROWS[table]
    told = rows[name].cast("string") if name else ibis.null("string")
    return rows.filter(rows[column].notnull() & rows["building_id"].notnull()).select(
        party=rows[column].cast("string"),
        kind=_kind(column, told),
        building_id=rows["building_id"],
        community_code=rows["community_code"],
        grid_code=rows["grid_code"],
        since=rows[since].cast("timestamp(6)"),
        until=rows[until].cast("timestamp(6)"),
        source=ibis.literal(table),
        name=told,
    )


def _kind(column: str, name: StringValue) -> StringValue:
    if column == "lessee_uscc":
        return ibis.literal("uscc")
    if column in {"contact_key", "accused_key"}:
        return ibis.literal("contact")
    return name.contains("*").ifelse("name", "firm").fill_null("name")
