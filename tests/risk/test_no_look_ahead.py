"""Nothing that is dated or learnt from a cut on moves a number of before it.

An adversary changes, adds and removes all of it (`tests.risk.adversary`), and everything that this
package works out as of the cut must come out the same to the bit. A second one
(`tests.risk.stored_adversary`) does it to an office on the disk: with files, corrections,
registers, reviews of addresses and visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data.engine import Engine
from data.results.snapshots import SnapshotStore
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.evaluation.methods.registry import BY_PLACE, SCORE, baseline, choose_methods
from risk.evaluation.methods.score import score_method, score_origin
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.questions import EVENTS, OUTCOMES, Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import read_tables
from risk.evaluation.view import look
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
STRONG = settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)


def remembering(office: Office) -> MemoryEngine:
    """Return an engine that works each set of features out once."""
    engine = make_engine(office)
    engine.remembered = {}  # type: ignore[attr-defined]
    return engine


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


def of_every_method(
    engine: FeatureSource,
    cut: datetime,
    *,
    levels: tuple[str, ...],
    among: str,
    events: Iterable[str] = EVENTS,
) -> Mapping[str, Any]:
    """Score the units of an origin by every method of the backtest, trained for each event."""
    end, numbers = cut + timedelta(days=HORIZON_DAYS), {}
    known, tables = (read_tables(engine, cut=each, config=CONFIG) for each in (cut, end))
    geography = Geography.survey(tables.seen_from(day_of(cut), known))
    for event in events:
        for name in choose_methods():
            if name in BY_PLACE:
                asked = {"config": CONFIG, "outcome": OUTCOMES[event]}
                origin = score_origin(engine, name, day_of(cut), **asked)
                assert name != SCORE or len(set(origin.by_name["building"])) > len(WHOLE)
                method = score_method(name, {day_of(cut): origin})
            else:
                method = baseline(name)
            for level in levels:
                question = Question(
                    event=event, level=level, among=among, cut=day_of(cut), end=day_of(end)
                )
                view = look(
                    geography, geography.tables, question, BacktestSettings(), CONFIG.exposure
                )
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


def offices(seed: int, *, listed: bool) -> tuple[Office, Office, datetime]:
    """Return a random office, what the adversary made of it, and the cut."""
    rng = np.random.default_rng(seed)
    office = busy_office(rng, buildings=BUILDINGS, events=ROWS)
    cut = CUT - timedelta(days=int(rng.integers(0, 90)))
    return office, change_later(office, rng, cut, listed=listed), cut


@STRONG
@given(seed=st.integers(0, 2**32 - 1))
def test_no_feature_weight_chance_or_score_knows_what_comes_later(seed: int) -> None:
    office, changed, cut = offices(seed, listed=False)
    ours, theirs = (of_the_map(remembering(each), cut) for each in (office, changed))
    assert_equal(ours, theirs, "")


ALL: Final = ("all", WHOLE, False)


@pytest.mark.parametrize(
    ("among", "levels", "listed"), [ALL, ("inspected", LISTED, True)], ids=["all", "inspected"]
)
@STRONG
@given(seed=st.integers(0, 2**32 - 1))
def test_no_method_knows_what_comes_later(
    among: str, levels: tuple[str, ...], seed: int, *, listed: bool
) -> None:
    office, changed, cut = offices(seed, listed=listed)
    ours, theirs = (
        of_every_method(remembering(each), cut, levels=levels, among=among)
        for each in (office, changed)
    )
    assert_equal(ours, theirs, "")


def test_nothing_that_is_imported_corrected_reviewed_or_recorded_later_moves_a_number(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(7)
    workspace = make_office(tmp_path / "office", rng)
    engine = Engine(workspace)
    tables, numbers = [], []
    for changed in (False, True):
        if changed:
            go_on(workspace, rng)
        now = engine.pinned(remember=True)
        tables.append({name: rows_as_of(now, name) for name in PLACED})
        told = of_every_method(now, CUT, levels=WHOLE, among="all", events=EVENTS[1:])
        numbers.append([of_the_map(now, CUT), told])
    for name in PLACED:
        assert_equal(tables[0][name], tables[1][name], name)
    assert_equal(*numbers, "")
    engine.close()


def test_many_cuts_read_at_once_are_what_each_is_alone_whatever_was_reviewed_and_imported(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(11)
    workspace = make_office(tmp_path / "office", rng)
    go_on(workspace, rng)
    engine = Engine(workspace)
    cuts = [CUT + timedelta(days=days) for days in (-250, -210, -120, -30, 10)]
    assert len({engine.registers_at(cut) for cut in cuts}) == 3
    for source in (engine, engine.seen_from(CUT - timedelta(days=60))):
        together = past_at_each(source, cuts=cuts, config=CONFIG)
        for cut, past in zip(cuts, together, strict=True):
            ours, alone = past.whole(), known_at(source, cut=cut, config=CONFIG)
            assert_equal(ours.places, alone.places, f"{cut} places")
            assert_equal(ours.x, alone.x, f"{cut} x")
            assert_equal(ours.features.buildings, alone.features.buildings, f"{cut} buildings")
    engine.close()
