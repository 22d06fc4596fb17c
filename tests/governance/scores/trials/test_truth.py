"""Trials of a simulated office whose truth is known: intervals hold it, and power is as stated."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from trial_street import ASKED

from governance.access.permissions import Actor
from governance.office import Office
from governance.scores.trials.design import TrialDesign, scores_of
from governance.scores.trials.protocol import drawn_of, protocol_of
from risk.evaluation.trial.analysis import MORE, analyse_trial
from risk.evaluation.trial.draw import arms_of
from risk.evaluation.trial.size import ARMS

TIMES = 150
DOOR = 0.85
TRUE_BY_ARM = {"low": 0.03, "middle": 0.1, "high": 0.5}


def simulated_visits(
    rng: np.random.Generator, truth: pd.Series, buildings: list[str], first: date
) -> pd.DataFrame:
    """Walk to every building once; some doors stay closed, some finds are made."""
    looked = rng.random(len(buildings)) < DOOR
    found = rng.random(len(buildings)) < truth[buildings].to_numpy()
    result = np.where(~looked, "无人", np.where(found, "属实", "未发现异常"))
    day = pd.Timestamp(first + timedelta(days=1))
    return pd.DataFrame({"building_id": buildings, "day": day, "result": result})


def truth_of(design: TrialDesign, scores: pd.Series, key: str) -> tuple[pd.Series, pd.Series]:
    """Give every building a true chance that varies within its arm, and tell its arm."""
    arms = arms_of(
        scores, low_until=design.low_until, high_from=design.high_from, key=bytes.fromhex(key)
    )
    spread = np.where(np.arange(len(scores)) % 2, 1.6, 0.4)
    return arms.map(TRUE_BY_ARM) * spread, arms


def test_intervals_hold_the_truth_and_the_power_is_reached(
    desk: Office, planner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(21)
    asked = replace(ASKED, **TRUE_BY_ARM, looked_share=DOOR)
    design = desk.trials.design(planner, asked).design
    assert not design.is_short
    snapshot = desk._snapshots.open(design.snapshot_id)
    scores, reader = scores_of(snapshot), desk.trials._trials
    held, shown = np.zeros(2 + len(ARMS)), 0
    for _ in range(TIMES):
        key = rng.bytes(32).hex()
        truth, arms = truth_of(design, scores, key)
        protocol = protocol_of("T", design, snapshot, key=key)
        buildings = drawn_of(protocol)["building_id"].tolist()
        walked = simulated_visits(rng, truth, buildings, design.first)
        monkeypatch.setattr(reader, "visits", lambda *_, walked=walked: walked)
        result = analyse_trial(reader.outcomes(protocol, design.last), level=0.95)
        rates = DOOR * truth.groupby(arms).mean()
        gaps = rates["high"] - rates[["low", "middle"]].to_numpy()
        first = result.differences.iloc[:2]
        held[:2] += (first["low"] <= gaps) & (gaps <= first["high"])
        held[2:] += (result.arms["low"] <= rates[list(ARMS)].to_numpy()) & (
            rates[list(ARMS)].to_numpy() <= result.arms["high"]
        )
        shown += bool((first["verdict"] == MORE).all())
    assert ((held / TIMES > 0.9) & (held / TIMES <= 1)).all(), held / TIMES
    assert held[:2].mean() / TIMES == pytest.approx(0.95, abs=0.035)
    # Each comparison has the power by itself, the second just so; both together little less.
    assert shown / TIMES > design.power - 0.1
