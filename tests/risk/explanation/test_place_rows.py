"""Rows of a place read by themselves, beside the same rows read among all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ibis import ir

from data.results.snapshot import BY_CELL, UNKNOWN_BUILDINGS, USUAL_FINDS, Snapshot
from data.results.snapshots import SnapshotStore
from risk import schema as c
from risk.config.score import ExposureRule, ScoreConfig
from risk.events.rows import SIGNALS, assigned_rows, unknown_buildings
from risk.explanation.explain import explain
from risk.explanation.lookup import evidence_scope
from risk.explanation.place_rows import FACTS, EvidenceScope, PlaceRows
from risk.explanation.pointed_tickets import buildings_of_tickets
from risk.scoring.run import run_score
from tests.risk.conftest import MemoryEngine, make_engine, random_office

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
DAY = date(2026, 11, 23)
STRANGE = ("X1", "X2")
"""Buildings that rows name and the register does not know."""


def untidy_office(seed: int) -> MemoryEngine:
    """Strew events some of which repeat others, elsewhere or nowhere; name strange buildings."""
    rng = np.random.default_rng(seed)
    rows = random_office(rng, buildings=30, events=150)
    for number, row in enumerate(rows["complaints"]):
        row |= {"ticket_no": f"T{number}"}
        if rng.random() < 0.3:
            row["related_ticket"] = f"T{rng.integers(200)}"
    for row in rows["inspections"]:
        row |= {
            "unit_id": [None, "U1", f"U{rng.integers(40)}"][int(rng.integers(3))],
            "party_key": [None, "t1", f"p{rng.integers(9)}"][int(rng.integers(3))],
            "purpose": [None, "复查"][int(rng.integers(2))],
            "raw_address": [None, "a", "b"][int(rng.integers(3))],
        }
    rows["inspections"] += [
        row | {"grid_code": "370902001002009", "inspection_id": [None, "7"][number % 2]}
        for number, row in enumerate(rows["inspections"][::3])
    ]
    for name in ("complaints", "violations", "inspections", "rentals"):
        for row in rows[name][::17]:
            row["building_id"] = STRANGE[int(rng.integers(2))]
    return make_engine(rows)


@cache
def all_rows(engine: Any, name: str, *, first_inspection: bool) -> pd.DataFrame:
    """Judge all rows of a table."""
    config = config_of(first_inspection=first_inspection)
    rows: ir.Table = assigned_rows(engine, name, cut=CUT, config=config, keep=FACTS[name])
    return rows.to_pyarrow().to_pandas()


def config_of(*, first_inspection: bool) -> ScoreConfig:
    return ScoreConfig(exposure=ExposureRule(counts_after_first_inspection=first_inspection))


PLACES = {
    "building": EvidenceScope(buildings=["B3"]),
    "grid": EvidenceScope(
        buildings=["B1", "B3"], unlocated_column=c.GRID, unlocated_values=["370902001001002"]
    ),
    "community": EvidenceScope(
        buildings=[f"B{number}" for number in range(4, 31)],
        unlocated_column=c.COMMUNITY,
        unlocated_values=["370902001002"],
    ),
    "nothing": EvidenceScope(buildings=[], unlocated_column=c.GRID, unlocated_values=["none"]),
}


@pytest.fixture(scope="module", params=[3, 4])
def office(request: pytest.FixtureRequest) -> MemoryEngine:
    return untidy_office(request.param)


@pytest.fixture(scope="module")
def snapshot(
    office: MemoryEngine, tmp_path_factory: pytest.TempPathFactory, config: ScoreConfig
) -> Snapshot:
    store = SnapshotStore(tmp_path_factory.mktemp("snapshots"))
    return store.open(run_score(office, store, as_of=DAY, config=config).snapshot_id)


@pytest.mark.parametrize("first_inspection", [False, True])
@pytest.mark.parametrize("is_told", [False, True])
@pytest.mark.parametrize("kind", PLACES)
def test_rows_of_a_place_count_as_they_do_among_all(
    office: MemoryEngine, kind: str, *, is_told: bool, first_inspection: bool
) -> None:
    config = config_of(first_inspection=first_inspection)
    place, unknown = PLACES[kind], unknown_buildings(office, CUT) if is_told else None
    rows = PlaceRows(office, place, cut=CUT, config=config, unknown=unknown)
    for name in SIGNALS:
        wanted = place.select(all_rows(office, name, first_inspection=first_inspection))
        if name == "rentals":  # a lease counts at a building only
            wanted = wanted[wanted[c.BUILDING] != ""]
        told = rows.assigned(name)[list(wanted)]
        told, wanted = (
            frame.sort_values(c.ROW_KEY, ignore_index=True).astype(told.dtypes)
            for frame in (told, wanted)
        )
        pd.testing.assert_frame_equal(told, wanted)


def test_a_place_asks_for_each_table_of_events_once(
    office: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = Counter[str](), office.table

    def table(name: str, *, cut: datetime | None = None) -> ir.Table:
        asked[name] += 1
        return real(name, cut=cut)

    monkeypatch.setattr(office, "table", table)
    unknown = unknown_buildings(office, CUT)
    asked.clear()
    config = config_of(first_inspection=True)
    rows = PlaceRows(office, PLACES["community"], cut=CUT, config=config, unknown=unknown)
    for name in SIGNALS:
        rows.assigned(name)
    assert {name: asked[name] for name in SIGNALS} == dict.fromkeys(SIGNALS, 1)


def test_what_rows_name_and_the_register_does_not_know_is_listed(office: MemoryEngine) -> None:
    assert unknown_buildings(office, CUT) == list(STRANGE)


STATES = count()


class NamedRows:
    """Rows of an office that says which state of them these are, as an engine does."""

    def __init__(self, office: MemoryEngine) -> None:
        self._state = next(STATES)
        self.table, self.versions = office.table, office.versions

    def name_of_rows(self, name: str) -> str:
        return f"{name}-{self._state}"


@pytest.mark.parametrize("kind", PLACES)
def test_tickets_that_others_point_to_are_found_by_their_buildings_as_among_all(
    office: MemoryEngine, kind: str
) -> None:
    config, named = config_of(first_inspection=False), NamedRows(office)
    unknown = unknown_buildings(office, CUT)
    of_all, of_few = (
        PlaceRows(source, PLACES[kind], cut=CUT, config=config, unknown=unknown)
        for source in (office, named)
    )
    told, wanted = (
        rows.assigned("complaints").sort_values(c.ROW_KEY, ignore_index=True)
        for rows in (of_few, of_all)
    )
    pd.testing.assert_frame_equal(told, wanted)
    assert len(wanted) or kind == "nothing"


def test_the_buildings_of_tickets_that_others_point_to_are_those_of_their_rows(
    office: MemoryEngine,
) -> None:
    rows = office.table("complaints", cut=CUT).to_pyarrow().to_pandas()
    for ticket in rows["related_ticket"].dropna().unique():
        where = set(rows.loc[rows["ticket_no"] == ticket, c.BUILDING].fillna(""))
        assert buildings_of_tickets(NamedRows(office), [ticket], cut=CUT) == where
    assert buildings_of_tickets(office, ["T1"], cut=CUT) is None, "rows without a name"


def without_tables(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot as earlier versions wrote it, of which all rows have to be asked."""
    later = {f"{name}.parquet" for name in (BY_CELL, USUAL_FINDS, UNKNOWN_BUILDINGS)}
    files = {name: facts for name, facts in snapshot.manifest["files"].items() if name not in later}
    return replace(snapshot, manifest={**snapshot.manifest, "files": files})


def test_an_explanation_is_the_same_from_a_snapshot_that_all_rows_must_be_asked_for(
    office: MemoryEngine, snapshot: Snapshot
) -> None:
    for kind in ("building", "grid", "cell:8"):
        for unit in snapshot.ranked(kind)["unit"][:1]:
            quick = explain(snapshot, office, f"{kind}:{unit}")
            assert quick == explain(without_tables(snapshot), office, f"{kind}:{unit}")
            assert quick.changed == []


def test_a_visit_that_came_since_is_told_with_what_the_score_knew_as_usual(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    snapshot = store.open(run_score(engine, store, as_of=DAY, config=config).snapshot_id)
    at = CUT - timedelta(days=3)
    later = engine.with_rows(
        "inspections", [{"building_id": "B1", "event_at": at, "result": "属实"}]
    )
    told = explain(snapshot, later, "B1")
    assert told.changed == [c.FOUND]
    assert all(np.isfinite(row.value) for rows in told.rows.values() for row in rows)


def test_a_cell_knows_the_buildings_that_the_snapshot_put_there(snapshot: Snapshot) -> None:
    buildings = snapshot.table("buildings")
    for cell, inside in buildings[buildings[c.H3_R10] != ""].groupby(c.H3_R10):
        told = explain(snapshot, None, str(cell)).buildings
        assert {unit.unit for unit in told} == set(inside[c.BUILDING])
        place = evidence_scope("cell:10", str(cell), inside)
        assert place.unlocated_values == [cell]
