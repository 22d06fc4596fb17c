"""Baseline ``trees``: gradient-boosted trees on the features of the visit model.

What a flexible learner makes of the very same columns, by scikit-learn. Poisson deviance, each
window about its own level; how many trees is what predicted the last known windows best. One thread
and one seed, so that a run repeats exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np
import pandas as pd

from risk.arrays import Floats
from risk.evaluation.methods.training import WindowRows, find_windows, visit_windows
from risk.models.selection import log_likelihood
from risk.models.visit_risk import OriginScores
from risk.visit_design.names import propensity
from risk.visit_design.timeline import Timeline

MOST_TREES: Final = 100
USUAL_TREES: Final = 30
"""Where all finds lie in the windows by which the number would be chosen."""
LEAST_WINDOWS: Final = 2
"""One to fit on and one to choose the number of trees by."""
LEAST_FINDS: Final = 10.0
"""Fewer teach nothing. The visit model asks for more; a rival is tried wherever it can learn."""
HELD_OUT: Final = 0.25
"""Share of the finds that the last windows, by which the number of trees is chosen, hold."""
HORIZONS_LEARNT: Final = 4
"""Of all places, not of visits alone: the last few windows, each as long as the register."""
SETTINGS: Final[dict[str, Any]] = {
    "loss": "poisson",
    "learning_rate": 0.1,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "max_features": 0.5,
    "early_stopping": False,
    "random_state": 0,
}

Progress = Callable[[int, int], None]
_Lesson = tuple[Floats, WindowRows]


def score_by_trees(
    timeline: Timeline,
    *,
    event: str,
    among_all: bool,
    report_progress: Progress | None = None,
) -> dict[int, OriginScores]:
    """Score the places of each origin by trees that were grown on earlier windows.

    ``event``: ``found`` or ``critical``. ``among_all``: learn the finds at every known place within
    the horizon, visits included, from all columns; else what a visit brings, from the columns of
    the visit model. Where there are too few windows or finds all places are alike. Other parameters
    and the result are those of `risk.models.visit_risk.score_origins`.
    """
    windows = (find_windows if among_all else visit_windows)(timeline, event=event)
    scores = {}
    for done, origin in enumerate(timeline.origins):
        if report_progress:
            report_progress(done, len(timeline.origins))
        past = [window for window in windows if window.end <= origin]
        places, x = timeline.at(origin)
        past = past[-HORIZONS_LEARNT:] if among_all else past
        risk = _grow(timeline, past, x, among_all=among_all)
        scores[origin] = OriginScores(places=places, risk=risk, propensity={}, fit=None)
    return scores


def _grow(
    timeline: Timeline, past: Sequence[WindowRows], x: pd.DataFrame, *, among_all: bool
) -> Floats:
    """Return the outcome expected of each row of x."""
    events = sum(float(window.y.sum()) for window in past)
    if len(past) < LEAST_WINDOWS or events < LEAST_FINDS or not len(x):
        return np.ones(len(x))
    names = _columns(timeline, past, among_all=among_all)
    lessons = [
        (_values(timeline.at(window.start)[1], names)[window.rows], window) for window in past
    ]
    with _one_thread():
        fit = _fit(lessons, trees=_best_number(lessons))
        return np.asarray(past[-1].level * fit.predict(_values(x, names)), dtype=np.float64)


def _best_number(lessons: Sequence[_Lesson]) -> int:
    """Return how many trees, grown on earlier windows, predict the last ones best."""
    kept = _windows_to_fit_on([window for _, window in lessons])
    if not any(window.y.any() for _, window in lessons[:kept]):
        return USUAL_TREES
    trial = _fit(lessons[:kept], trees=MOST_TREES)
    reached = np.zeros(MOST_TREES)
    for values, window in lessons[kept:]:
        means = trial.staged_predict(values)
        reached += [log_likelihood(window.y, np.log(mean)) for mean in means]
    return 1 + int(np.argmax(reached))


def _windows_to_fit_on(windows: Sequence[WindowRows]) -> int:
    """Return how many windows come before the last ones that hold `HELD_OUT` of the finds."""
    finds = np.array([window.y.sum() for window in windows])
    before = np.cumsum(finds) - finds
    enough = np.flatnonzero(before <= (1 - HELD_OUT) * finds.sum())
    return max(1, int(enough[-1]))


def _columns(timeline: Timeline, past: Sequence[WindowRows], *, among_all: bool) -> list[str]:
    """List the columns of all windows, without those that only say whether a visit is likely."""
    every = dict.fromkeys(name for w in past for name in timeline.at(w.start)[1].columns)
    beginning = propensity("")
    return [name for name in every if among_all or not name.startswith(beginning)]


def _values(x: pd.DataFrame, names: Sequence[str]) -> Floats:
    return x.reindex(columns=list(names), fill_value=0.0).to_numpy(np.float64)


def _fit(lessons: Sequence[_Lesson], *, trees: int) -> Any:  # noqa: ANN401 -- untyped
    """Fit outcomes relative to the level of their window."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    x = np.concatenate([values for values, _ in lessons])
    y = np.concatenate([window.y / window.level for _, window in lessons])
    return HistGradientBoostingRegressor(**SETTINGS, max_iter=trees).fit(x, y)


def _one_thread() -> AbstractContextManager[Any]:
    """Sum in one order; threads on small windows only wait for each other."""
    import sklearn.ensemble  # noqa: F401 -- here, as it takes 2 s; before, or nothing is limited
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="openmp")
    return limits
