"""What a trial found: rates by arm, their differences, the trend, and what had been foretold.

First by intention: every building drawn counts in its arm, and one that nobody could look at has no
find; so nothing depends on where doors open. Beside it by what was done: only the buildings where
somebody could look. Intervals are those of `risk.evaluation.proportions`; the trend over the three
arms is that of Cochran (1954, Biometrics 10, 417-451) and Armitage (1955, Biometrics 11, 375-386).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

    from risk.arrays import Floats

INTENTION, DONE = ANALYSES = ("intention", "done")
MORE, LESS, CANNOT_TELL, NOT_TESTED = VERDICTS = ("more", "less", "cannot_tell", "not_tested")
OUTCOME_COLUMNS: Final = ("building_id", "arm", "foretold", "visited", "looked", "found",
                          "suspected", "came")  # fmt: skip
ARM_COLUMNS: Final = ("arm", "planned", "not_visited", "no_look", "looked", "found", "suspected",
                      "rate", "low", "high", "done_rate", "done_low", "done_high", "foretold",
                      "expected", "came", "came_rate", "came_low", "came_high")  # fmt: skip
DIFFERENCE_COLUMNS: Final = ("analysis", "more", "less", "difference", "low", "high", "verdict")


@dataclass(frozen=True, kw_only=True)
class TrialFindings:
    """What came of a trial.

    ``trend_z``, ``trend_p``: whether the rate by intention rises from arm to arm; NaN where
    nothing, or everywhere something, was found.
    """

    arms: pd.DataFrame
    """`ARM_COLUMNS`, a row for each of `ARMS`: ``planned`` buildings, of them ``not_visited``,
    visited without a look (``no_look``), ``looked``, ``found`` (confirmed), ``suspected``; the
    ``rate`` found of all planned and ``done_rate`` of those looked at, with intervals; ``foretold``
    the mean chance of all planned; of those looked at the finds ``expected`` and what ``came``,
    counted as the score counts (a suspicion in part), with rate and interval.
    """
    differences: pd.DataFrame
    """`DIFFERENCE_COLUMNS`, two rows for each of `ANALYSES`, in the order of the tests.
    ``verdict``: of `VERDICTS`; ``not_tested`` where the comparison before showed nothing. Unknown
    numbers are NaN.
    """
    trend_z: float
    trend_p: float
    level: float
    """Of all intervals."""


def analyse_trial(outcomes: pd.DataFrame, *, level: float) -> TrialFindings:
    """Analyse what came of every building that was drawn.

    ``outcomes``: `OUTCOME_COLUMNS`, a row per building: ``foretold`` chance of a find, 0 to 1;
    ``visited``, ``looked``, ``found``, ``suspected`` booleans; ``came`` what the look brought as
    the score counts it, 0 to 1, and 0 without a look.
    ``level``: of the intervals, between 0 and 1.
    """
    import pandas as pd
    from scipy.special import ndtr

    from risk.evaluation.trial.size import ARMS

    arms = pd.DataFrame([_arm_row(arm, outcomes[outcomes["arm"] == arm], level) for arm in ARMS])
    z = trend_z(arms["found"].to_numpy(float), arms["planned"].to_numpy(float))
    of = {INTENTION: "planned", DONE: "looked"}
    rows = [row for name, size in of.items() for row in _compared(name, arms, size, level)]
    return TrialFindings(
        arms=arms[list(ARM_COLUMNS)],
        differences=pd.DataFrame(rows)[list(DIFFERENCE_COLUMNS)],
        trend_z=z,
        trend_p=float(2 * ndtr(-abs(z))),
        level=level,
    )


def trend_z(found: Floats, of: Floats) -> float:
    """Return the standardised trend of shares over arms that are one step apart; NaN without any.

    z = Σ t·(x - n·p̄) / √(p̄·q̄·(Σ n·t² - (Σ n·t)²/N)) with t = 0, 1, 2.
    """
    import numpy as np

    step = np.arange(len(found), dtype=np.float64)
    total = of.sum()
    mean = found.sum() / total if total else 0.0
    spread = (of * step**2).sum() - (of * step).sum() ** 2 / total if total else 0.0
    variance = mean * (1 - mean) * spread
    return float((step * (found - of * mean)).sum() / math.sqrt(variance)) if variance else math.nan


def _arm_row(arm: str, rows: pd.DataFrame, level: float) -> dict[str, Any]:
    seen = rows[rows["looked"]]
    counts = {
        "planned": len(rows),
        "not_visited": int((~rows["visited"]).sum()),
        "no_look": int((rows["visited"] & ~rows["looked"]).sum()),
        "looked": len(seen),
        "found": int(rows["found"].sum()),
        "suspected": int(rows["suspected"].sum()),
    }
    came = float(seen["came"].sum())
    return {
        "arm": arm,
        **counts,
        **_rate("rate", "", counts["found"], len(rows), level),
        **_rate("done_rate", "done_", counts["found"], len(seen), level),
        "foretold": float(rows["foretold"].mean()) if len(rows) else math.nan,
        "expected": float(seen["foretold"].sum()),
        "came": came,
        **_rate("came_rate", "came_", came, len(seen), level),
    }


def _rate(name: str, stem: str, found: float, of: int, level: float) -> dict[str, float]:
    from risk.evaluation.proportions import rate_of

    rate = rate_of(found, of, level=level)
    return {name: rate.value, f"{stem}low": rate.low, f"{stem}high": rate.high}


def _compared(analysis: str, arms: pd.DataFrame, size: str, level: float) -> list[dict[str, Any]]:
    """Compare the arms in the order that was laid down; nothing is tested after a failure."""
    from risk.evaluation.proportions import difference_of
    from risk.evaluation.trial.size import COMPARED

    by_arm: dict[Any, Any] = arms.set_index("arm").to_dict("index")
    rows, shown = [], True
    for more, less in COMPARED:
        counts = [int(by_arm[arm][name]) for arm in (more, less) for name in ("found", size)]
        gap, low, high = math.nan, math.nan, math.nan
        if counts[1] and counts[3]:
            estimate = difference_of(*counts, level=level)
            gap, low, high = estimate.value, estimate.low, estimate.high
        verdict = MORE if low > 0 else LESS if high < 0 else CANNOT_TELL
        stated = verdict if shown else NOT_TESTED
        rows.append({"analysis": analysis, "more": more, "less": less, "difference": gap,
                     "low": low, "high": high, "verdict": stated})  # fmt: skip
        shown = shown and verdict == MORE
    return rows
