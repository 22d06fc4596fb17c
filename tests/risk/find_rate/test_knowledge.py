"""Many cuts read at once give what each gives by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data.derived.backends.written_sql import writing_sql_once
from data.lake.schema import SUPERSEDED_AT, VERSION_LEARNT_AT
from data.lake.validity import held_at
from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ExposureRule, ScoreConfig
from risk.design.units import UNIT
from risk.features.cache import RememberedSource
from risk.find_rate.knowledge import Known, Past, known_at, past_at_each
from tests.risk.conftest import (
    CUT,
    MemoryEngine,
    days_before,
    make_engine,
    make_table,
    random_office,
)

CUTS = [days_before(days) for days in (610.25, 400, 61, 0)]
CONFIGS = {
    "usual": ScoreConfig(model=ModelConfig(area_half_lives_days=(60.0,))),
    "only inspected units, ends unknown": ScoreConfig(
        exposure=ExposureRule(counts_after_first_inspection=True, trust_end_date=False),
        model=ModelConfig(area_half_lives_days=(60.0,)),
    ),
}


class CorrectedEngine:
    """Tables of which many rows were corrected by a later import, as an engine cuts them."""

    def __init__(self, versions: dict[str, list[dict[str, Any]]]) -> None:
        connection = writing_sql_once(ibis.duckdb.connect())
        self.views = {}
        for name, rows in versions.items():
            table = make_table(name, rows)
            for time in (VERSION_LEARNT_AT, SUPERSEDED_AT):
                known = pa.array([row.get(time) for row in rows], pa.timestamp("us"))
                table = table.append_column(time, known)
            self.views[name] = connection.create_table(name, table, temp=True)

    def table(self, name: str, *, cut: datetime | None = None) -> Any:
        assert cut is not None
        rows = self.views[name]
        if name == "buildings":
            return rows.filter(rows["learnt_at"] < ibis.literal(cut))
        rows = rows.filter(held_at(rows, ibis.literal(cut)))
        return rows.drop(VERSION_LEARNT_AT, SUPERSEDED_AT)

    def versions(self, name: str, *, cut: datetime | None = None) -> Any:  # noqa: ARG002 -- one register
        return self.views[name]


def corrected(rng: np.random.Generator, table: str, rows: list[dict[str, Any]]) -> Any:
    """Give rows the times of their versions, and every third a second version."""
    versions = []
    for number, row in enumerate(rows):
        first = row | {"row_key": f"{table}-{number}", VERSION_LEARNT_AT: row["learnt_at"]}
        if number % 3:
            versions.append(first)
            continue
        later = row["learnt_at"] + timedelta(days=float(rng.uniform(1, 300)))
        other = rows[int(rng.integers(len(rows)))] | {"event_at": row["event_at"]}
        versions.append(first | {SUPERSEDED_AT: later})
        versions.append(other | {"row_key": first["row_key"], "learnt_at": later,
                                 VERSION_LEARNT_AT: later})  # fmt: skip
    return versions


def office(seed: int) -> CorrectedEngine:
    rng = np.random.default_rng(seed)
    tables = random_office(rng, buildings=40, events=150)
    for building in tables["buildings"][::4]:
        building["learnt_at"] = days_before(float(rng.uniform(0, 900)))
    for number, row in enumerate(tables["complaints"]):
        row["ticket_no"], row["category"] = f"T{number}", str(rng.choice(["教育", "噪音"]))
        row["related_ticket"] = f"T{rng.integers(150)}" if number % 5 == 0 else None
    for row in tables["inspections"]:
        facts = {"unit_id": f"U{rng.integers(150)}" if rng.random() < 0.8 else None,
                "mode": str(rng.choice(["拉网", "夜查"])), "party_key": f"p{rng.integers(9)}",
                "place_kind": str(rng.choice(["甲", "乙"])), "grade": f"{rng.normal():.2f}",
                "purpose": str(rng.choice(["例行", "投诉核查", "复查"]))}  # fmt: skip
        row.update(facts)
    versions = {
        name: corrected(rng, name, rows) for name, rows in tables.items() if name != "buildings"
    }
    grids = [
        {"grid_code": f"3709020010010{number:02}", "households": 10 * number + offset,
         "row_key": f"g{number}", "learnt_at": learnt, VERSION_LEARNT_AT: learnt,
         SUPERSEDED_AT: later}
        for number in range(1, 5)
        for offset, learnt, later in ((900, days_before(900), CUTS[1]), (500, CUTS[1], None))
    ]  # fmt: skip
    return CorrectedEngine(versions | {"buildings": tables["buildings"], "grids": grids})


def assert_same(one: Known, other: Known) -> None:
    pd.testing.assert_frame_equal(
        one.features.buildings, other.features.buildings, check_exact=True
    )
    pd.testing.assert_frame_equal(
        one.features.unlocated, other.features.unlocated, check_exact=True
    )
    pd.testing.assert_frame_equal(one.features.empty_grids, other.features.empty_grids)
    pd.testing.assert_series_equal(one.features.waiting, other.features.waiting)
    assert one.features.usual == other.features.usual
    assert one.features.rows_nowhere == other.features.rows_nowhere
    texts = [name for name in one.places if not name.endswith("_code")]
    pd.testing.assert_frame_equal(one.places[texts], other.places[texts])
    pd.testing.assert_frame_equal(one.x, other.x, check_exact=True)


@pytest.fixture(scope="module", params=list(CONFIGS), ids=list(CONFIGS))
def read(request: pytest.FixtureRequest) -> tuple[list[Past], list[Known]]:
    """Return what is read of all cuts at once, and of each by itself."""
    source, config = office(7), CONFIGS[request.param]
    each = [known_at(source, cut=cut, config=config) for cut in CUTS]
    return list(past_at_each(source, cuts=CUTS, config=config)), each


def test_many_cuts_at_once_are_as_each_by_itself_to_the_bit(
    read: tuple[list[Past], list[Known]],
) -> None:
    for past, known in zip(*read, strict=True):
        assert past.cut == known.cut
        assert_same(past.whole(), known)
    counts = [len(known.facts.visits) for known in read[1]]
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[-1]
    assert len({len(known.features.buildings) for known in read[1]}) > 1


def test_the_places_of_a_list_have_the_design_that_they_have_among_all(
    read: tuple[list[Past], list[Known]],
) -> None:
    visits = read[1][-1].facts.visits
    new = 0
    for past, known in zip(*read, strict=True):
        asked = past.of_visits(visits)
        listed = known.listed(visits)
        new += len(listed)
        every = pd.concat([known.x, known.design(listed)], ignore_index=True)
        names = pd.concat([known.places[UNIT], listed[UNIT]], ignore_index=True)
        rows = pd.Index(names).get_indexer(pd.Index(asked.places[UNIT]))
        assert (rows >= 0).all()
        assert set(visits[UNIT]) - {""} == set(asked.places[UNIT])
        expected = every.iloc[rows].reset_index(drop=True)
        pd.testing.assert_frame_equal(asked.x, expected, check_exact=True)
    assert new > 20


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_what_earlier_cuts_knew_is_read_from_the_visits_of_a_later_one_to_the_bit(
    config: ScoreConfig,
) -> None:
    source = office(11)
    (history,) = known_at(source, cut=CUTS[-1], config=config).history
    pasts = list(past_at_each(source, cuts=CUTS, config=config, history=history))
    for past, alone in zip(pasts, past_at_each(source, cuts=CUTS, config=config), strict=True):
        assert past.facts.kernels is history.facts.kernels
        assert alone.facts.kernels is not history.facts.kernels
        assert_same(past.whole(), alone.whole())
        visits = history.facts.visits
        pd.testing.assert_frame_equal(past.of_visits(visits).x, alone.of_visits(visits).x)


def test_a_cut_that_was_read_is_not_read_again() -> None:
    class Counting(MemoryEngine):
        asked = 0

        def table(self, name: str, *, cut: datetime | None = None) -> Any:
            self.asked += 1
            return super().table(name, cut=cut)

    rows = random_office(np.random.default_rng(3), buildings=5, events=20)
    engine = Counting({name: make_table(name, each) for name, each in rows.items()})
    source, config = RememberedSource(engine), CONFIGS["usual"]
    first = list(past_at_each(source, cuts=CUTS[1:], config=config))
    asked = engine.asked
    again = list(past_at_each(source, cuts=[CUTS[3], CUTS[1]], config=config))
    assert [past.cut for past in again] == [CUTS[3], CUTS[1]]
    assert again[0] is first[2]
    assert engine.asked == asked
    known_at(source, cut=CUT, config=config)
    assert engine.asked == asked


@pytest.mark.parametrize("copied", [False, True])
def test_the_keys_of_known_visits_are_those_of_their_rows(*, copied: bool) -> None:
    office = random_office(np.random.default_rng(11), buildings=12, events=200)
    if copied:
        office["inspections"] += [{**office["inspections"][0], "row_key": "copy"}]
    engine = make_engine(office)
    known = known_at(engine, cut=CUT, config=CONFIGS["usual"])
    visits = known.facts.visits
    assert c.ROW_KEY not in visits
    keyed = known.facts.with_keys(visits).set_index(c.ROW_KEY)
    rows = engine.table("inspections", cut=CUT).to_pandas().set_index(c.ROW_KEY)
    told = rows.loc[keyed.index]
    assert len(keyed) == len(visits) > 20
    assert keyed["building"].tolist() == told["building_id"].fillna("").tolist()
    days = told["event_at"].to_numpy().astype("datetime64[D]").astype(np.int64)
    assert keyed["day"].tolist() == days.tolist()
