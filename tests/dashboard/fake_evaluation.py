# ruff: noqa: ARG002 -- it takes what the office takes
"""A made-up evaluation, summed up by the real summary, so that its shape is the real one's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from governance.scores.evaluation import Evaluation, EvaluationOptions
from governance.scores.monitoring import Drift, Reference, TimeFactors
from risk.backtest.evaluate import FRACTIONS, Measured
from risk.backtest.metrics import Decile
from risk.backtest.plans import AMONG
from risk.backtest.settings import BacktestSettings
from risk.backtest.summary import COMPARED, summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

# How good each made-up method is, on a scale where 0 is chance and 1 is ours.
SKILLS = {
    "visit_model": 1.0,
    "visit_model_no_area": 0.82,
    "random": 0.0,
    "exposure": 0.2,
    "past_count": 0.28,
    "decayed_count": 0.33,
    "kde": 0.4,
    "k_ring": 0.45,
    "empirical_bayes": 0.5,
    "z_sum": 0.12,
    "trees": 0.9,
}
ORIGINS = tuple(date(2025 + m // 12, m % 12 + 1, 1) for m in range(0, 22, 2))
CASES = (
    ("inspections:found", "building", "inspected", "2mo"),
    ("inspections:found", "building", "all", "90d"),
    ("inspections:found", "cell:9", "all", "90d"),
)
AT = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
COMMUNITIES = tuple(f"泉林第{n}社区" for n in range(1, 10))


@dataclass
class EvaluationAnswers:
    """The fake office's answers about the score.

    Parameters
    ----------
    origins
        How many windows were evaluated; none when 0.
    months
        How many months of results there are.
    beaten
        Whether a baseline does better than ours.
    pinned
        The reference snapshot; None for none.
    weights_from
        Whether the score's weights were learnt or are policy's.
    """

    origins: int = len(ORIGINS)
    months: int = 34
    beaten: bool = False
    pinned: str | None = None
    weights_from: str = "learnt"

    def evaluation(self, actor: object) -> Evaluation | None:
        return self._evaluation() if self.origins and self._there() else None

    def evaluation_options(self, actor: object) -> EvaluationOptions:
        months = self.months if self._there() else 0
        return EvaluationOptions(
            events=("inspections:found", "inspections:critical") if months else (),
            units=("building", "cell:8", "cell:9", "cell:10"),
            among=AMONG,
            horizons=("30d", "90d", "180d"),
            ready=months >= 12,
            months_needed=12,
            months_there=months,
        )

    def evaluate(self, actor: object, *, progress: Any = None, **asked: str) -> Evaluation:
        self.calls.append(("evaluate", asked))  # type: ignore[attr-defined]
        progress("read", 0, 1)
        progress("backtest", 3, 11)
        self.origins = self.origins or len(ORIGINS)
        return self._evaluation()

    def pin_reference(self, actor: object, snapshot_id: str) -> Reference:
        self.pinned = snapshot_id
        return Reference(snapshot_id=snapshot_id, pinned_by="local", pinned_at=AT)

    def drift(self, actor: object, *, snapshot_id: str | None = None) -> Drift | None:
        if self.pinned is None:
            return None
        columns = [
            ("complaints", 0.31, 0.22, 1e-9, 0.8, 1.6, 1.0, 1.0, "drifted"),
            ("score", 0.14, 0.12, 1e-5, 21.0, 24.5, 1.0, 1.0, "watch"),
            ("points_ring", 0.02, 0.03, 0.4, 1.1, 1.2, 1.0, 1.0, "steady"),
        ]
        names = ["column", "psi", "ks", "p", "reference_mean", "mean", "reference_known", "known",
                 "state"]  # fmt: skip
        return Drift(
            reference_id=self.pinned,
            reference_as_of=date(2026, 9, 30),
            pinned_by="local",
            pinned_at=AT,
            snapshot_id="s20261123",
            as_of=date(2026, 11, 23),
            same_config=True,
            state="drifted",
            columns=pd.DataFrame(columns, columns=names),
        )

    def reporting(self, actor: object) -> pd.DataFrame:
        n = len(COMMUNITIES) if self._there() else 0
        rate = np.linspace(0.2, 1.6, n)
        states = ["far_less", *["as_others"] * (n - 2), "not_enough_data"] if n else []
        return pd.DataFrame({
            "community_code": [f"370902001{at:03d}" for at in range(n)], "events": 24,
            "further_reports": np.rint(rate * 24), "days": 700.0, "rate_raw": rate * 1.1,
            "rate": rate, "low": rate * 0.7, "high": rate * 1.4, "weight": 0.8,
            "similar_rate": 0.9, "ratio": rate / 0.9, "p": 0.2, "state": states,
            "community": list(COMMUNITIES[:n]),
        })  # fmt: skip

    def time_factors(self, actor: object) -> TimeFactors:
        levels = [("weekday", str(day)) for day in range(1, 8)] + [
            ("part_of_day", part) for part in ("morning", "afternoon", "evening")
        ] + [("holiday", "yes"), ("holiday", "no"), ("before_exam", "yes")]  # fmt: skip
        there = self._there()
        ratio = np.linspace(0.7, 1.5, len(levels))
        frame = pd.DataFrame({
            "kind": [kind for kind, _ in levels], "level": [level for _, level in levels],
            "count": 30.0, "exposure": 120.0, "expected": 28.0, "raw": ratio, "ratio": ratio,
            "low": ratio * 0.85, "high": ratio * 1.2,
            "state": ["learnt" if there else "not_enough_data"] * (len(levels) - 1)
            + ["not_enough_data"],
        })  # fmt: skip
        days = frame[frame["kind"] != "part_of_day"].reset_index(drop=True)
        return TimeFactors(visits=frame, complaints=days, unknown_years=[2027])

    def _there(self) -> bool:
        return bool(self.snapshot_days)  # type: ignore[attr-defined]

    def _evaluation(self) -> Evaluation:
        return make_evaluation(origins=self.origins, beaten=self.beaten)


@cache
def make_evaluation(
    *, origins: int = len(ORIGINS), beaten: bool = False, seed: int = 3
) -> Evaluation:
    """Make an evaluation of three questions; the same numbers give the same evaluation."""
    skills = {**SKILLS, "trees": 1.4} if beaten else SKILLS
    rng = np.random.default_rng(seed)
    runs: list[dict[str, Any]] = []
    summary: list[dict[str, Any]] = []
    for case in CASES:
        lines, measured = _case(case, skills, ORIGINS[:origins], rng)
        runs += lines
        summary += summarise(lines, measured, BacktestSettings())
    return Evaluation(
        evaluated_at=AT,
        runs=runs,
        summary=summary,
        absent=(),
        seconds=84.2,
        k=200,
    )


def _case(
    case: tuple[str, ...], skills: dict[str, float], origins: tuple[date, ...], rng: Any
) -> tuple[list[dict[str, Any]], dict[str, list[Measured]]]:
    lines: list[dict[str, Any]] = []
    measured: dict[str, list[Measured]] = {name: [] for name in skills}
    names = dict(zip(("event", "unit", "among", "horizon"), case, strict=True))
    for number, origin in enumerate(origins):
        luck = rng.normal(0, 0.16)
        for name, skill in skills.items():
            got = skill + (luck + rng.normal(0, 0.06) if name != "random" else luck / 9)
            values = dict(_values(got))
            lines.append(
                {
                    "method": name,
                    **names,
                    "origin": origin.isoformat(),
                    "horizon_days": 60,
                    "n_units": 1820,
                    "n_events": 240 + 7 * number,
                    "n_visits": 1100,
                    "n_visits_found": 210 + 5 * number,
                    **values,
                    "churn": 0.55 + 0.3 * skill + rng.normal(0, 0.04) if number else math.nan,
                }
            )
            measured[name].append(_measured(name, got, values, rng))
    return lines, measured


def _values(got: float) -> Iterator[tuple[str, float]]:
    made = {"days_earlier": 7.6 * got, "auc": 0.5 + 0.155 * got, "spearman": 0.2 * got}
    for name in COMPARED:
        yield name, float(made.get(name, 0.1 + 0.33 * got))
    for share, best in ((1, 0.2), (5, 0.52), (10, 0.71), (20, 0.9)):
        yield f"best_hit_{share}", best
    yield "recall_at_k", 0.12 + 0.1 * got


def _measured(name: str, got: float, values: dict[str, float], rng: Any) -> Measured:
    curve = FRACTIONS ** (1 / (1 + max(got, -0.5)))
    tenths = np.linspace(8, 40, 10)
    chosen = ("visit_model", "visit_model_no_area", "trees")
    return Measured(
        values=values,
        flagged=frozenset(),
        unit_curve=curve,
        visit_curve=FRACTIONS ** (1 / (1 + 0.6 * max(got, -0.5))),
        calibration=[
            Decile(expected=float(e), observed=float(rng.poisson(e)))
            for e in (tenths if name in chosen else ())
        ],
        wrong_flags={
            group: (flagged, int(rng.binomial(flagged, 0.55 + 0.04 * (at % 5))))
            for at, group in enumerate(COMMUNITIES)
            for flagged in (3 + 2 * at,)
        },
    )
