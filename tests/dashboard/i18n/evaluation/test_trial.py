"""What a field trial found, in sentences."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd

from dashboard.i18n import translator
from dashboard.i18n.evaluation.trial import verdict_sentences
from risk.evaluation.trial.size import ARMS, HIGH, LOW


def sentences(**found: Any) -> list[str]:
    """Say what a trial found in which half of the 6 finds foretold came."""
    differences = [
        {"analysis": "intention", "more": HIGH, "less": LOW,
         "difference": 0.125, "low": -0.01, "high": 0.26}
    ]  # fmt: skip
    arms = pd.DataFrame({"arm": ARMS, "looked": 10, "expected": 6.0, "came": 3.0})
    facts = {
        "faults": (), "early": False, "until": date(2026, 11, 30), "verdict": "both",
        "differences": pd.DataFrame(differences), "trend_z": 2.5, "trend_p": 0.0124, "arms": arms,
        "level": 0.95, "trial": SimpleNamespace(looks=()),
    }  # fmt: skip
    result: Any = SimpleNamespace(**facts | found)
    return list(verdict_sentences(result, say=translator("en")))


def test_a_verdict_tells_differences_trend_what_was_foretold_and_how_sure_that_is() -> None:
    _, difference, *others = sentences()
    assert difference.endswith(" +12.5 (−1.0 to +26.0).")
    assert others == [
        "Trend from low to high: z = 2.50, p = 0.012.",
        "In the high arm the score predicted 6.0 finds at the buildings looked at; there were 3.0.",
        "All intervals hold the truth with 95%.",
    ]


def test_a_small_p_is_told_as_that_and_looks_before_the_end_are_told() -> None:
    told = sentences(trend_p=0.0004, level=0.9, trial=SimpleNamespace(looks=("a", "b")))
    assert told[2].endswith("p < 0.001.")
    assert told[-1] == (
        "All intervals hold the truth with 90%. "
        "They are wider because the result was looked at early on 2 days."
    )
