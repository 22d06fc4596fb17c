"""A made-up evaluation, summed up by the real summary, so that its shape is the real one's."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.results.evaluations import EvaluationStore
from governance.scores.evaluation import Evaluation
from risk.evaluation.report.summary import COMPARED, summarise
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.window import FRACTIONS, Measured

# How good each made-up method is, on a scale where 0 is chance and 1 is ours.
SKILLS = {
    "score": 1.0,
    "score_no_area": 0.7,
    "random": 0.0,
    "exposure": 0.2,
    "past_count": 0.28,
    "decayed_count": 0.33,
    "kde": 0.4,
    "k_ring": 0.45,
    "empirical_bayes": 0.5,
    "z_sum": 0.12,
    "mean_grade": 0.42,
    "last_grade": 0.3,
    "days_since_visit": -0.05,
    "last_find": 0.26,
    "smoothed_rate": 0.6,
    "trees": 0.9,
}
ORIGINS = tuple(date(2025 + m // 12, m % 12 + 1, 1) for m in range(0, 22, 2))
CASES = (
    ("inspections:found", "building", "inspected", "2mo"),
    ("inspections:found", "building", "all", "90d"),
    ("inspections:found", "cell:9", "all", "90d"),
)
CALIBRATED = {"inspected": ("score", "score_no_area"), "all": ("empirical_bayes",)}
AT = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
COMMUNITIES = tuple(f"泉林第{n}社区" for n in range(1, 10))


@cache
def make_evaluation(
    *,
    origins: int = len(ORIGINS),
    beaten: bool = False,
    close: bool = False,
    seed: int = 3,
    without: str = "",
) -> Evaluation:
    """Make an evaluation of three questions; the same numbers give the same evaluation.

    ``beaten``: trees are better than ours; ``close``: they are as good.
    """
    skills = {**SKILLS, "trees": 1.4 if beaten else 1.0 if close else SKILLS["trees"]}
    skills = {name: skill for name, skill in skills.items() if name != without}
    rng = np.random.default_rng(seed)
    runs: list[dict[str, Any]] = []
    summary: list[dict[str, Any]] = []
    for case in CASES:
        lines, measured = _case(case, skills, ORIGINS[:origins], rng)
        runs += lines
        summary += summarise(lines, measured, BacktestSettings())
    return Evaluation(evaluated_at=AT, runs=runs, summary=summary, seconds=84.2, k=60)


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
                    "k": 60,
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
            expects = CALIBRATED[names["among"]]
            measured[name].append(_measured(name, got, values, rng, expects=expects))
    return lines, measured


def _values(got: float) -> Iterator[tuple[str, float]]:
    made = {"days_earlier": 7.6 * got, "auc": 0.5 + 0.155 * got, "spearman": 0.2 * got}
    for name in COMPARED:
        yield name, float(made.get(name, 0.1 + 0.33 * got))
    for share, best in ((1, 0.2), (5, 0.52), (10, 0.71), (20, 0.9)):
        yield f"best_hit_{share}", best
    yield "recall_at_k", 0.12 + 0.1 * got


def _measured(
    name: str, got: float, values: dict[str, float], rng: Any, *, expects: tuple[str, ...]
) -> Measured:
    curve = FRACTIONS ** (1 / (1 + max(got, -0.5)))
    tenths = np.linspace(8, 40, 10)
    return Measured(
        values=values,
        flagged=frozenset(),
        unit_curve=curve,
        visit_curve=FRACTIONS ** (1 / (1 + 0.6 * max(got, -0.5))),
        calibration=[
            {"expected": float(e), "observed": float(rng.poisson(e))}
            for e in (tenths if name in expects else ())
        ],
        wrong_flags={},
    )


def store_evaluation(folder: Path, **made: Any) -> None:
    """Put a made-up evaluation where the office keeps its last one."""
    found = make_evaluation(**made)
    content = asdict(found) | {"evaluated_at": found.evaluated_at.isoformat()}
    for part in ("runs", "summary"):
        content[part] = [
            {name: None if _is_nan(value) else value for name, value in line.items()}
            for line in content[part]
        ]
    EvaluationStore(folder).update(lambda _earlier: content)


def _is_nan(value: object) -> bool:
    """Say whether a figure is missing; JSON has no NaN, so the product keeps None."""
    return isinstance(value, float) and math.isnan(value)


def reporting(*_actor: object, **_as_of: object) -> pd.DataFrame:
    """Return a row for each community; the first reports far less than the others."""
    n = len(COMMUNITIES)
    rate = np.linspace(0.2, 1.6, n)
    facts: dict[str, Any] = {
        "community_code": [f"370902001{at:03d}" for at in range(n)], "events": 24,
        "further_reports": np.rint(rate * 24), "days": 700.0, "rate_raw": rate * 1.1,
        "rate": rate, "low": rate * 0.7, "high": rate * 1.4, "weight": 0.8,
        "similar_rate": 0.9, "ratio": rate / 0.9, "p": 0.2,
        "state": ["far_less", *["as_others"] * (n - 2), "not_enough_data"],
        "community": list(COMMUNITIES),
    }  # fmt: skip
    return pd.DataFrame(facts)
