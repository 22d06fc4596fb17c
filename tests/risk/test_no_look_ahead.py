"""Nothing that is dated or learnt from a cut on moves a number of before it.

An adversary changes, adds and removes all of it (`tests.risk.adversary`), and everything that this
package works out as of the cut must come out the same to the bit. A second one
(`tests.risk.stored_adversary`) does it to an office on the disk: with files, corrections,
registers, reviews of addresses and visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pytest

from data.engine import Engine
from data.results.snapshots import SnapshotStore
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.evaluation.methods.registry import BY_PLACE, SCORE, baseline, choose_methods
from risk.evaluation.methods.score import OriginScore, score_method, score_origin
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.questions import EVENTS, OUTCOMES, Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import read_tables
from risk.evaluation.view import make_view
from risk.events.fetch import day_of, fetch
from risk.events.open_reports import read_waiting
from risk.events.rows import FeatureSource
from risk.explanation.evidence import EvidenceScope, gather_evidence
from risk.features.build import build_features
from risk.find_rate.knowledge import known_at, past_at_each
from risk.find_rate.training import read_training_rows
from risk.monitoring.repeat_reports import ReportingRules, report_events
from risk.monitoring.timing import complaint_moments, visits_by_time
from risk.scoring.run import run_score
from tests.risk.adversary import Office, busy_office, change_later
from tests.risk.conftest import CUT, MemoryEngine, make_engine
from tests.risk.stored_adversary import go_on, make_office

BUILDINGS, ROWS, HORIZON_DAYS = 24, 240, 60
CONFIG = ScoreConfig(
    model=ModelConfig(
        windows=2, area_half_lives_days=(60.0,), penalties=(20.0, 100.0), window_days=180,
        burn_in_days=100,
    )
)  # fmt: skip
WHOLE, LISTED = ("building", "cell:9"), ("building", "place")
BOTH: Final = ("found", "critical")
SEED: Final = 0
MEMORY_CUT: Final = CUT - timedelta(days=50)


def of_the_map(engine: FeatureSource, cut: datetime) -> Mapping[str, Any]:
    """Work out everything that stands on the rows of before a cut."""
    asked: dict[str, Any] = {"cut": cut, "config": CONFIG}
    features = build_features(engine, **asked)
    ids = features.buildings["building_id"].tolist()
    evidence = gather_evidence(engine, EvidenceScope(buildings=ids), **asked)
    with TemporaryDirectory() as folder:
        store = SnapshotStore(Path(folder))
        made = run_score(engine, store, as_of=(cut - timedelta(days=1)).date(), config=CONFIG)
        snapshot = store.open(made.snapshot_id)
        tables = {name: snapshot.table(name) for name in ("buildings", "units", "places")}
    numbers = {
        "features": features,
        "training": read_training_rows(engine, known_at(engine, **asked), config=CONFIG),
        "score": snapshot.manifest["score"],
        "waiting": read_waiting(engine, **asked),
        "snapshot": made.snapshot_id,
        **tables,
        "evidence": [repr(row) for row in evidence],
        "repeats": _sorted(
            fetch(report_events(engine, cut=cut, rules=ReportingRules(), confirmed=["属实"]))
        ),
        "times": _sorted(visits_by_time(engine, **asked)),
        "complaints": np.sort(complaint_moments(engine, cut=cut)),
    }
    assert numbers["score"]["state"] == "learnt"
    assert numbers["training"].count > 20
    assert len(evidence) > len(ids)
    return numbers


def origins_of(
    engine: FeatureSource, cut: datetime, outcomes: Iterable[str]
) -> dict[tuple[str, str], OriginScore]:
    """Learn every method that is learnt, for each outcome, from what is known at a cut."""
    made = {
        (name, outcome): score_origin(engine, name, day_of(cut), config=CONFIG, outcome=outcome)
        for name in BY_PLACE
        for outcome in outcomes
    }
    assert all(len(set(made[SCORE, each].by_name["building"])) > len(WHOLE) for each in outcomes)
    return made


def of_every_method(
    engine: FeatureSource,
    cut: datetime,
    origins: Mapping[tuple[str, str], OriginScore],
    *,
    levels: tuple[str, ...],
    among: str,
    events: Iterable[str] = EVENTS,
) -> Mapping[str, Any]:
    """Score the units of an origin by every method of the backtest for each event.

    ``origins``: those of the methods that are learnt.
    """
    end, numbers = cut + timedelta(days=HORIZON_DAYS), {}
    known, tables = (read_tables(engine, cut=each, config=CONFIG) for each in (cut, end))
    geography = Geography.of_tables(tables.seen_from(day_of(cut), known))
    for event in events:
        for level in levels:
            question = Question(
                event=event, level=level, among=among, cut=day_of(cut), end=day_of(end)
            )
            view = make_view(
                geography, geography.tables, question, BacktestSettings(), CONFIG.exposure
            )
            for name in choose_methods():
                if name in BY_PLACE:
                    method = score_method(name, {day_of(cut): origins[name, OUTCOMES[event]]})
                else:
                    method = baseline(name)
                numbers[f"{name} {event} {level}"] = (view.names, method.score(view))
    return numbers


PLACED: Final = (
    *("buildings", "grids", "complaints", "violations", "inspections", "rentals", "adverts"),
)


def rows_as_of(engine: Engine, name: str) -> pd.DataFrame:
    """Return all that an engine tells of a table as of the cut."""
    rows = engine.table(name, cut=CUT).to_pyarrow().to_pandas()
    return rows.sort_values(rows.columns[0], ignore_index=True)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values([*frame], ignore_index=True)


def assert_equal(ours: Any, theirs: Any, where: str) -> None:
    """Compare to the bit, whatever it is."""
    if isinstance(ours, pd.DataFrame):
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True, obj=where)
    elif isinstance(ours, pd.Series):
        pd.testing.assert_series_equal(ours, theirs, check_exact=True, obj=where)
    elif isinstance(ours, np.ndarray):
        np.testing.assert_array_equal(ours, theirs, err_msg=where)
    elif isinstance(ours, Mapping):
        assert list(ours) == list(theirs), where
        for name in ours:
            assert_equal(ours[name], theirs[name], f"{where} {name}")
    elif is_dataclass(ours):
        for field in fields(ours):
            name = field.name
            assert_equal(getattr(ours, name), getattr(theirs, name), f"{where} {name}")
    elif isinstance(ours, (list, tuple)):
        assert len(ours) == len(theirs), where
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            assert_equal(one, other, f"{where} {number}")
    else:
        assert ours == theirs, where


class Known(NamedTuple):
    """An office that works each set of features out once, and what is learnt from it."""

    engine: MemoryEngine
    origins: Mapping[tuple[str, str], OriginScore]

    @classmethod
    def of(cls, office: Office) -> Known:
        engine = make_engine(office)
        engine.remembered = {}  # type: ignore[attr-defined]
        return cls(engine, origins_of(engine, MEMORY_CUT, BOTH))


@pytest.fixture(scope="module")
def office() -> Office:
    return busy_office(np.random.default_rng(SEED), buildings=BUILDINGS, events=ROWS)


@pytest.fixture(scope="module")
def ours(office: Office) -> Known:
    return Known.of(office)


@pytest.fixture(scope="module")
def theirs(office: Office) -> Known:
    return Known.of(change_later(office, np.random.default_rng(SEED), MEMORY_CUT))


def test_no_feature_weight_chance_or_score_knows_what_comes_later(
    ours: Known, theirs: Known
) -> None:
    assert_equal(*(of_the_map(each.engine, MEMORY_CUT) for each in (ours, theirs)), "")


def test_no_method_knows_what_comes_later(ours: Known, theirs: Known) -> None:
    asked: dict[str, Any] = {"levels": WHOLE, "among": "all"}
    assert_equal(*(of_every_method(each.engine, MEMORY_CUT, each.origins, **asked)
                   for each in (ours, theirs)), "")  # fmt: skip


def test_no_method_knows_what_the_visits_of_a_known_list_will_find(
    office: Office, ours: Known
) -> None:
    """The methods that are learnt read their origin, of which the test before this one tells."""
    listed = change_later(office, np.random.default_rng(SEED), MEMORY_CUT, listed=True)
    asked: dict[str, Any] = {"levels": LISTED, "among": "inspected"}
    assert_equal(*(of_every_method(engine, MEMORY_CUT, ours.origins, **asked)
                   for engine in (ours.engine, make_engine(listed))), "")  # fmt: skip


def told_of(engine: Engine) -> list[Any]:
    """Return all that is told as of the cut, by what is known now."""
    now = engine.pinned(remember=True)
    origins = origins_of(now, CUT, BOTH[1:])  # the map learns from the other outcome
    scores = of_every_method(now, CUT, origins, levels=WHOLE, among="all", events=EVENTS[2:])
    return [{name: rows_as_of(now, name) for name in PLACED}, of_the_map(now, CUT), scores]


@pytest.fixture(scope="module")
def went_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, list[Any]]]:
    """Return an office on the disk that went on after the cut, and what it told before that."""
    rng = np.random.default_rng(7)
    workspace = make_office(tmp_path_factory.mktemp("stored") / "office", rng)
    engine = Engine(workspace)
    before = told_of(engine)
    go_on(workspace, rng)
    yield engine, before
    engine.close()


def test_nothing_that_is_imported_corrected_reviewed_or_recorded_later_moves_a_number(
    went_on: tuple[Engine, list[Any]],
) -> None:
    engine, before = went_on
    assert_equal(before, told_of(engine), "")


def test_many_cuts_read_at_once_are_what_each_is_alone_whatever_was_reviewed_and_imported(
    went_on: tuple[Engine, list[Any]],
) -> None:
    engine, _ = went_on
    cuts = [CUT + timedelta(days=days) for days in (-250, -30, 10)]
    assert len({engine.registers_at(cut) for cut in cuts}) == 3
    looks_back = engine.seen_from(CUT - timedelta(days=20)), cuts[:2]
    for source, those in ((engine, cuts), looks_back):
        together = past_at_each(source, cuts=those, config=CONFIG)
        for cut, past in zip(those, together, strict=True):
            ours, alone = past.whole(), known_at(source, cut=cut, config=CONFIG)
            assert_equal(ours.places, alone.places, f"{cut} places")
            assert_equal(ours.x, alone.x, f"{cut} x")
            assert_equal(ours.features.buildings, alone.features.buildings, f"{cut} buildings")
