# ruff: noqa: ARG002 -- they take what the services take
"""Stand-ins for answers that are dear to reach; everything else of a page is the real office.

Each class is called as a service and answers some of its methods, with the same parameters.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from fake_evaluation import COMMUNITIES, make_evaluation

from governance.access.permissions import Actor
from governance.scores.evaluation import Evaluation
from risk.backtest.run import Progress


class EvaluationService:
    """Evaluates within no time, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def evaluate(
        self,
        actor: Actor,
        *,
        event: str,
        unit: str,
        among: str,
        horizon: str,
        progress: Progress | None = None,
    ) -> Evaluation:
        """Tell some progress, as a backtest of minutes does."""
        assert progress is not None
        progress("read", 0, 1)
        progress("backtest", 3, 11)
        self.asked.append({"event": event, "unit": unit, "among": among, "horizon": horizon})
        return make_evaluation()


class MonitoringService:
    """Knows nine communities, of which the first reports far less than the others."""

    def reporting(self, actor: Actor, *, as_of: date | None = None) -> pd.DataFrame:
        """Return a row for each community."""
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
