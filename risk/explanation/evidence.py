"""The rows behind a score, each with its share of the factor."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.results.snapshot import BUILDING_KIND
from geo.garbage import no_collection
from risk import schema as c
from risk.arrays import Codes
from risk.config.score import ScoreConfig
from risk.events.decay import from_quanta
from risk.events.provenance import OUTCOME_SOURCE, SOURCES
from risk.events.rows import FeatureSource
from risk.explanation.place_rows import FACTS, EvidenceScope, PlaceRows
from risk.features.build import UNLOCATED_KEYS

REPORTER_NUMBER: Final = "reporter_number"
FACTOR: Final = "factor"
VALUE: Final = "value"
COUNTED_AT: Final = "place"


class EvidenceRow(NamedTuple):
    """One row behind a factor; a tuple, since a community has ten thousand.

    ``factor``, ``table``, ``row_key``: the factor it speaks for and where the row is.
    """

    factor: str
    table: str
    row_key: str
    event_at: datetime | None
    """When it happened, local time."""
    value: float
    """What the row is worth at the cut; the values of all rows of a factor add up to its feature.
    The last visit, under ``unvisited``, is worth 0.
    """
    facts: Mapping[str, str]
    """Short descriptive fields, never anything about a complainant. ``reporter_number`` tells
    reports of one person apart from reports of another, by counting only.
    """
    match_level: str
    """How surely the row was placed."""
    source: str = ""
    """How it came about, one of `risk.events.provenance.SOURCES`; ``''`` for register and leases.
    """
    building_id: str = ""
    """Its building, ``''`` where it is none's; not always the one that is explained."""


def gather_evidence(
    source: FeatureSource, place: EvidenceScope, *, cut: datetime, config: ScoreConfig
) -> list[EvidenceRow]:
    """Read the rows behind the events of a place, weightiest first within each factor."""
    return share_rows(PlaceRows(source, place, cut=cut, config=config))


def share_rows(rows: PlaceRows) -> list[EvidenceRow]:
    """Give the rows of a place their shares, weightiest first within each factor."""
    sharing: dict[str, Callable[[pd.DataFrame, ScoreConfig], pd.DataFrame]] = {
        "complaints": _share_complaints,
        "violations": _share_violations,
        "inspections": _share_inspections,
        "rentals": _share_rentals,
        "adverts": _share_adverts,
    }
    evidence: list[EvidenceRow] = []
    with no_collection():  # a community has ten thousand rows, which all stay
        for table, share in sharing.items():
            frame = newest_first(rows.assigned(table), table)
            weights = from_quanta(frame[c.DECAYED_WEIGHT].to_numpy(np.int64))
            shared = share(frame.assign(**{c.DECAYED_WEIGHT: weights}), rows.config)
            evidence += evidence_rows(shared, table)
        return sorted(evidence, key=weightiest_first)


def weightiest_first(row: EvidenceRow) -> tuple[str, float, tuple[str, ...]]:
    """Return by what rows are sorted: factor and size; of alike ones what is told before the key.

    Keys of rows without a number are other ones in each workspace.
    """
    return row.factor, -abs(row.value), (str(row.event_at), *row.facts.values(), row.row_key)


def newest_first(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return rows of an imported table newest first, of one moment by what is told of them."""
    at = frame[c.EVENT_AT].to_numpy("datetime64[us]").astype(np.int64)
    of_one_moment = pd.Series(at).duplicated(keep=False).to_numpy()
    rank = np.zeros(len(at), dtype=np.int64)
    rank[of_one_moment] = _ranks_of_facts(frame[of_one_moment], table)
    return frame.take(np.lexsort((rank, -at))).reset_index(drop=True)


def _ranks_of_facts(frame: pd.DataFrame, table: str) -> Codes:
    """Return the place of each row by building, then what is told of it, then its key."""
    text = frame[c.BUILDING].astype("str")
    for name in (*(name for name in FACTS[table] if name in frame), c.ROW_KEY):
        text = text + "|" + frame[name].astype("str")
    return np.argsort(pc.sort_indices(pa.array(text, pa.large_string())).to_numpy())


def _share_complaints(rows: pd.DataFrame, config: ScoreConfig) -> pd.DataFrame:
    """Give each ticket its share once same-day duplicates and the reporter's cap are applied."""
    groups = [rows[name] for name in (c.BUILDING, *UNLOCATED_KEYS)]
    place = rows[c.BUILDING].where(rows[c.BUILDING] != "", groups[1] + groups[2] + groups[3])
    rows = c.with_columns(rows, {COUNTED_AT: place, FACTOR: c.COMPLAINTS})
    rows = rows.sort_values(c.DECAYED_WEIGHT, ascending=False, kind="stable")
    repeats = rows.duplicated([COUNTED_AT, c.REPORTER, c.DAY])
    counted = rows[c.DECAYED_WEIGHT].where(~repeats, 0.0)
    total = counted.groupby([rows[COUNTED_AT], rows[c.REPORTER]]).transform("sum")
    caps = config.caps
    cap = np.where(rows[c.REPORTER] == c.UNKNOWN_REPORTER, caps.unknown_reporters, caps.reporter)
    scale = np.minimum(1.0, cap / total.where(total > 0, np.inf))
    number = _number_reporters(rows)
    return c.with_columns(rows, {VALUE: counted * scale, REPORTER_NUMBER: number})


def _share_adverts(rows: pd.DataFrame, _config: ScoreConfig) -> pd.DataFrame:
    """Give the weightiest advert of each contact its weight, and the others of it nothing."""
    keys = [c.BUILDING, *UNLOCATED_KEYS, c.REPORTER]
    rows = rows.sort_values(c.DECAYED_WEIGHT, ascending=False, kind="stable")
    counted = rows[c.DECAYED_WEIGHT].where(~rows.duplicated(keys), 0.0)
    return c.with_columns(rows, {FACTOR: c.ADVERTS, VALUE: counted})


def _share_violations(rows: pd.DataFrame, _config: ScoreConfig) -> pd.DataFrame:
    return c.with_columns(rows, {FACTOR: c.VIOLATIONS, VALUE: rows[c.DECAYED_WEIGHT]})


def _share_inspections(rows: pd.DataFrame, _config: ScoreConfig) -> pd.DataFrame:
    """Give a visit its share of its own factor, and each building's last one to ``unvisited``."""
    at_building = rows[c.BUILDING] != ""
    # A visit that found nothing, or no one, says something about a building only.
    speaking = rows[(rows[c.DECAYED_WEIGHT] > 0) & (at_building | (rows[c.SIGNAL] == c.FOUND))]
    last = rows[at_building].drop_duplicates(c.BUILDING)
    parts = [
        c.with_columns(speaking, {FACTOR: speaking[c.SIGNAL], VALUE: speaking[c.DECAYED_WEIGHT]}),
        c.with_columns(last, {FACTOR: c.UNVISITED, VALUE: 0.0}),
    ]
    return pd.concat(parts, ignore_index=True)


def _share_rentals(rows: pd.DataFrame, _config: ScoreConfig) -> pd.DataFrame:
    """Give a lease its share of each rental factor that counts it."""
    rows = rows[rows[c.BUILDING] != ""]
    business = rows[rows[c.ACTIVE] & rows[c.BUSINESS]]
    business = business.drop_duplicates([c.BUILDING, c.REGISTERED_UNIT])
    shared = rows[rows[c.ACTIVE] & (rows[c.TENANT] != "")]
    shared = shared.drop_duplicates([c.BUILDING, c.TENANT, c.REGISTERED_UNIT])
    units = shared.groupby([c.BUILDING, c.TENANT])[c.REGISTERED_UNIT].transform("count")
    short = rows[rows[c.DECAYED_WEIGHT] > 0]
    parts = [
        c.with_columns(business, {FACTOR: c.BUSINESS_TENANT, VALUE: 1.0}),
        c.with_columns(shared, {FACTOR: c.SHARED_TENANT, VALUE: (units - 1) / units})[units > 1],
        c.with_columns(short, {FACTOR: c.SHORT_TERM, VALUE: short[c.DECAYED_WEIGHT]}),
    ]
    return pd.concat(parts, ignore_index=True)


def _number_reporters(rows: pd.DataFrame) -> pd.Series:
    """Return the number of each row's reporter at its place, from 1; empty of an unknown one.

    Who reported last is the first. ``rows``: numbered from the newest on.
    """
    known = rows.loc[rows[c.REPORTER] != c.UNKNOWN_REPORTER, [COUNTED_AT, c.REPORTER]]
    known = known.sort_index()
    first = known.groupby([COUNTED_AT, c.REPORTER], sort=False).ngroup()
    number = first.groupby(known[COUNTED_AT]).rank("dense").astype("int64").astype("str")
    return number.reindex(rows.index, fill_value="").astype("str")


def evidence_rows(frame: pd.DataFrame, table: str) -> list[EvidenceRow]:
    """Take the rows of an imported table, each with its ``factor`` and ``value``, as evidence."""
    names = [name for name in (*FACTS[table], REPORTER_NUMBER) if name in frame]
    wanted = (FACTOR, c.ROW_KEY, VALUE, c.MATCH_LEVEL, OUTCOME_SOURCE, c.BUILDING)
    columns = zip(*(frame[name].tolist() for name in wanted), strict=True)
    facts = zip(*(frame[name].tolist() for name in names), strict=True)
    times = frame[c.EVENT_AT].to_numpy("datetime64[us]").astype(object).tolist()
    return [
        EvidenceRow(
            factor, table, row_key, at, float(value),
            {name: fact for name, fact in zip(names, row_facts, strict=True) if fact},
            level, source, building,
        )
        for at, row_facts, (factor, row_key, value, level, source, building) in zip(
            times, facts, columns, strict=True
        )
    ]  # fmt: skip


def count_sources(rows: Iterable[EvidenceRow]) -> dict[str, int]:
    """Count rows by how they came about, each once however many factors it speaks for.

    In the order of `risk.events.provenance.SOURCES`; rows of the register and leases, which came
    about by none, are left out.
    """
    counts = Counter({(row.table, row.row_key): row.source for row in rows}.values())
    return {source: counts[source] for source in SOURCES if counts[source]}


def register_evidence(
    buildings: pd.DataFrame, values: pd.Series, *, factor: str
) -> list[EvidenceRow]:
    """Let buildings of the register speak for a factor, each with its value."""
    return [
        EvidenceRow(
            factor=factor,
            table="buildings",
            row_key=str(building),
            event_at=None,
            value=float(value),
            facts={},
            match_level=BUILDING_KIND,
            building_id=str(building),
        )
        for building, value in zip(buildings[c.BUILDING], values, strict=True)
    ]
