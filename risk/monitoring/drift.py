"""Drift of scores and features against a pinned reference snapshot.

A reference snapshot is pinned; a later one is compared with it, column by column. A change may be
the world's, an import's or the model's: the comparison does not say which, only where to look.
"""

from typing import Final

import numpy as np
import pandas as pd

from data.workspace.sections import number, section, wrong_setting
from risk import schema as c
from risk.arrays import Floats

STEADY, WATCH, DRIFTED, TOO_FEW = "steady", "watch", "drifted", "too_few"
STATES: Final = (DRIFTED, WATCH, STEADY, TOO_FEW)
"""From the worst; the state of a whole comparison is its worst column's, `TOO_FEW` if all are."""
COLUMN, STATE = "column", "state"
DRIFT_COLUMNS: Final = (
    *(COLUMN, "psi", "ks", "p", "reference_mean", "mean", "reference_known", "known", STATE),
)
NOT_COMPARED: Final = (c.RANK, c.LON, c.LAT)
"""Numbers that are no property of a building: a rank is spread evenly whatever happens."""
OF_THE_MODEL: Final = (c.SCORE, c.LOW, c.HIGH)
"""What a model says of a building, beside its points."""


@section
class DriftRules:
    """From when a change is worth a look, and from when a warning."""

    bins: int = number(10, low=2, high=1_000)
    """Classes of the stability index, equally filled by the reference."""
    watch_psi: float = number(0.1, high=100)
    """Index from which to look closer."""
    drifted_psi: float = number(0.25, high=100)
    """Index from which the score should be judged anew."""
    least_known: int = number(50, low=2, high=1_000_000)
    """Fewer known values than this, on either side, are too few to compare."""
    false_alarms: float = number(0.001, low=1e-12, high=0.5)
    """A Kolmogorov-Smirnov p above this is chance, whatever the index: small samples scatter."""

    def __post_init__(self) -> None:
        """Check that watching begins no later than warning."""
        if self.watch_psi > self.drifted_psi:
            raise wrong_setting(
                "at_most_other", key="watch_psi", seen=self.watch_psi, other="drifted_psi"
            )


def compare_snapshots(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    rules: DriftRules,
    scores: bool = True,
) -> pd.DataFrame:
    """Compare the distribution of every number that two tables have, but for `NOT_COMPARED`.

    ``reference``, ``current``: buildings of two snapshots; rows need not be the same buildings.
    ``scores``: false where two models made them, whose scores and points are not the same numbers.

    The frame: columns `DRIFT_COLUMNS`, the greatest index first: ``psi`` and ``ks`` as in
    `stability_index` and `kolmogorov_smirnov` of the known values, means, shares of known values,
    and a state of `STATES`. A column that is known more or less often than before is compared on
    that too: the greater index counts.
    """
    names = [n for n in _comparable(reference, current) if scores or not _is_of_model(n)]
    rows = [
        _compare(name, _values(reference, name), _values(current, name), rules) for name in names
    ]
    frame = pd.DataFrame(rows, columns=list(DRIFT_COLUMNS))
    return frame.sort_values(
        ["psi", COLUMN], ascending=[False, True], na_position="last", ignore_index=True
    )


def worst_state(compared: pd.DataFrame) -> str:
    """Return the worst state of a comparison, for one warning on the page."""
    states = set(compared[STATE])
    return next((state for state in STATES if state in states), TOO_FEW)


def stability_index(reference: Floats, current: Floats, *, bins: int = 10) -> float:
    """Compute the population stability index (Siddiqi 2006, Credit Risk Scorecards).

        PSI = Σ_b (q_b - p_b) · ln(q_b / p_b)

    with p and q the shares of reference and current in classes that the reference fills evenly;
    equal values stay in one class, and half a value is added to each class, so that an empty one
    does not give infinity. It is 0 for equal shares and grows both ways alike.

    ``reference``, ``current``: finite values, at least one each. ``bins``: at least 2.
    """
    edges = np.unique(np.quantile(reference, np.arange(1, bins) / bins))
    p, q = _shares(reference, edges), _shares(current, edges)
    return float(((q - p) * np.log(q / p)).sum())


def kolmogorov_smirnov(reference: Floats, current: Floats) -> tuple[float, float]:
    """Return the greatest gap between two distribution functions, and its asymptotic p.

    With many equal values p is too large rather than too small.
    """
    from scipy.stats import ks_2samp  # here, as it takes half a second

    result = ks_2samp(reference, current, method="asymp")
    return float(result.statistic), float(result.pvalue)


def _comparable(reference: pd.DataFrame, current: pd.DataFrame) -> list[str]:
    numeric = reference.select_dtypes(["number", "bool"]).columns
    return [str(n) for n in numeric if n in current.columns and n not in NOT_COMPARED]


def _is_of_model(name: str) -> bool:
    return name in OF_THE_MODEL or name.startswith(c.POINTS_PREFIX)


def _values(frame: pd.DataFrame, name: str) -> Floats:
    values = frame[name].to_numpy(np.float64)
    return np.asarray(np.where(np.isfinite(values), values, np.nan))


def _compare(
    name: str, reference: Floats, current: Floats, rules: DriftRules
) -> dict[str, float | str]:
    before, now = reference[~np.isnan(reference)], current[~np.isnan(current)]
    row: dict[str, float | str] = {
        COLUMN: name,
        "reference_known": len(before) / max(len(reference), 1),
        "known": len(now) / max(len(current), 1),
        "reference_mean": float(before.mean()) if len(before) else np.nan,
        "mean": float(now.mean()) if len(now) else np.nan,
    }
    if min(len(reference), len(current)) < rules.least_known:
        return row | {"psi": np.nan, "ks": np.nan, "p": np.nan, STATE: TOO_FEW}
    known = [np.isnan(values).astype(np.float64) for values in (reference, current)]
    index, (gap, p) = stability_index(*known, bins=2), kolmogorov_smirnov(*known)
    if min(len(before), len(now)) >= rules.least_known:
        index = max(index, stability_index(before, now, bins=rules.bins))
        gap, p = max((gap, p), kolmogorov_smirnov(before, now), key=lambda pair: -pair[1])
    return row | {"psi": index, "ks": gap, "p": p, STATE: _state(index, p, rules)}


def _state(index: float, p: float, rules: DriftRules) -> str:
    if p > rules.false_alarms or index < rules.watch_psi:
        return STEADY
    return DRIFTED if index >= rules.drifted_psi else WATCH


def _shares(values: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
    return np.asarray((counts + 0.5) / (len(values) + 0.5 * len(counts)))
