"""Weights start as policy's and move to what the office's own past supports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.results.snapshots import SnapshotStore
from risk.config.score import Learning, ScoreConfig
from risk.events.provenance import DISCOVERED, RANDOM_ARM, REPORTED
from risk.explanation.explain import explain
from risk.features.factors import FACTORS
from risk.models.propensity import read_outcomes, visit_probability, weights_of_events
from risk.models.weights import learn_weights
from risk.scoring.run import run_score

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
CONFIG = ScoreConfig(
    learning=Learning(windows=3, least_events=5, burn_in_days=60, penalties=(10.0,))
)
POLICY = asdict(CONFIG.weights)


@pytest.fixture(scope="module")
def office(random_engine: Callable[[int], Any]) -> Any:
    return random_engine(3)


@pytest.fixture(scope="module")
def learnt(office: Any) -> Any:
    return learn_weights(office, cut=CUT, policy=POLICY, config=CONFIG)


def test_with_too_few_events_policys_weights_stay_and_it_is_said(office: Any) -> None:
    config = replace(CONFIG, learning=replace(CONFIG.learning, least_events=1e6))
    learning = learn_weights(office, cut=CUT, policy=POLICY, config=config)
    assert learning.state == "policy"
    assert learning.posterior == learning.prior == POLICY
    assert learning.events < learning.events_needed
    assert learning.penalty is None


def test_with_history_the_weights_move_and_keep_policys_signs(learnt: Any) -> None:
    assert learnt.state == "learnt"
    assert learnt.posterior != POLICY
    for factor in FACTORS:
        assert factor.sign * learnt.posterior[factor.name] >= 0


def test_the_order_of_rows_moves_no_weight(office: Any, learnt: Any) -> None:
    shuffled = office.shuffled(np.random.default_rng(5))
    assert learn_weights(shuffled, cut=CUT, policy=POLICY, config=CONFIG) == learnt


def test_what_is_learnt_later_moves_no_weight(office: Any, learnt: Any) -> None:
    rows = [
        {
            "building_id": f"B{number}",
            "event_at": CUT - timedelta(days=20 + number),
            "learnt_at": CUT + timedelta(days=1),
            "result": "属实",
        }
        for number in range(1, 30)
    ]
    more = office.with_rows("inspections", rows)
    assert learn_weights(more, cut=CUT, policy=POLICY, config=CONFIG) == learnt


def test_a_firm_policy_does_not_move(office: Any) -> None:
    firm = replace(CONFIG, learning=replace(CONFIG.learning, penalties=(1e9,)))
    posterior = learn_weights(office, cut=CUT, policy=POLICY, config=firm).posterior
    assert posterior == pytest.approx(POLICY, abs=1e-4)


def test_the_windows_end_with_the_cut_and_begin_with_history_behind_them(learnt: Any) -> None:
    assert learnt.trained_until == CUT
    assert learnt.trained_from == CUT - timedelta(days=90 * learnt.windows)


def test_an_event_says_how_it_came_about(engine: Any) -> None:
    at = CUT - timedelta(days=50)
    found = {"event_at": at, "learnt_at": at, "result": "属实"}
    more = engine.with_rows(
        "inspections",
        [
            found | {"building_id": "B4", "purpose": "投诉核查"},
            found | {"building_id": "B5", "mode": "抽检"},
            found | {"building_id": "B6", "mode": "日查"},
        ],
    )
    more = more.with_rows(
        "violations", [{"building_id": "B6", "event_at": at, "learnt_at": at, "row_key": "v"}]
    )
    events = read_outcomes(more, cut=CUT, config=CONFIG).events
    recent = events[events["day"] > pd.Timestamp(at - timedelta(days=2))]
    # The decision about B6 repeats what was found there in the same month.
    assert dict(zip(recent["building_id"], recent["source"], strict=True)) == {
        "B4": REPORTED,
        "B5": RANDOM_ARM,
        "B6": DISCOVERED,
    }


def test_the_probability_of_a_visit_is_what_decided_about_it() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(20_000, 2))
    truth = np.minimum(np.exp(-2 + 0.6 * x[:, 0]), 1.0)
    p = visit_probability(x, (rng.random(20_000) < truth).astype(float), penalty=1.0)
    assert np.corrcoef(p, truth)[0, 1] > 0.97
    assert p.mean() == pytest.approx(truth.mean(), rel=0.05)


def test_patrols_that_find_as_much_everywhere_teach_no_difference() -> None:
    """By its worth, what was found is alike where people go often and where they do not."""
    rng = np.random.default_rng(6)
    often = np.repeat([0.0, 1.0], 20_000)
    visited = rng.random(40_000) < np.where(often > 0, 0.6, 0.1)
    found = visited & (rng.random(40_000) < 0.3)
    p = visit_probability(often[:, None], visited.astype(float), penalty=1.0)
    ids = pd.Index(np.arange(40_000).astype(str))
    events = pd.DataFrame({"building_id": ids[found], "source": DISCOVERED})
    worth = weights_of_events(
        events, pd.Series(p, index=ids), rare=float(np.quantile(p, 0.1)), least=0.05
    )
    share = worth[often[found] > 0].sum() / worth.sum()
    assert share == pytest.approx(0.5, abs=0.03)
    assert often[found].mean() > 0.8


def test_a_snapshot_keeps_both_weights_and_the_explanation_shows_them(
    office: Any, store: SnapshotStore, learnt: Any
) -> None:
    result = run_score(office, store, as_of=date(2026, 11, 23), config=CONFIG)
    snapshot = store.open(result.snapshot_id)
    assert result.weights_from == snapshot.manifest["scorecard"]["source"] == "learnt"
    assert snapshot.manifest["scorecard"]["learning"] == learnt.facts()
    shown = explain(snapshot, None, "B1")
    assert shown.weights["complaints"].prior == POLICY["complaints"]
    assert shown.weights["complaints"].posterior == learnt.posterior["complaints"]
    assert sum(shown.points.values()) == shown.score
    assert (shown.weights_from, shown.events) == ("learnt", learnt.events)


def test_an_office_may_forbid_learning(office: Any) -> None:
    config = replace(CONFIG, learning=replace(CONFIG.learning, windows=0))
    assert learn_weights(office, cut=CUT, policy=POLICY, config=config).state == "policy"
