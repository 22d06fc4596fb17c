"""Baseline ``trees``: gradient-boosted trees on the very same columns as the score.

What a flexible learner makes of them, by scikit-learn: Poisson deviance, and as many trees as
predicted the last windows best when grown on those before them. One thread and one seed, so that
a run repeats exactly.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Final

import numpy as np
import pandas as pd

from risk.arrays import Bools, Floats
from risk.find_rate.training import TrainingRows

MOST_TREES: Final = 100
LEAST_FINDS: Final = 10
"""Fewer teach nothing."""
HELD_OUT: Final = 0.25
"""Share of the finds that the last windows, by which the number of trees is chosen, hold."""
USUAL_TREES: Final = 30
"""Where all finds lie in those windows."""
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


def grow_trees(rows: TrainingRows | None, outcome: str) -> Callable[[pd.DataFrame], Floats]:
    """Return what gives the finds expected of one visit by the design of a place.

    ``rows``: past visits; with too few windows or finds all places are alike. ``outcome``:
    ``found`` or ``critical``.
    """
    if rows is None:
        return lambda x: np.ones(len(x))
    kept = np.isfinite(rows.found[outcome])
    y, window = rows.found[outcome][kept], rows.window[kept]
    if y.sum() < LEAST_FINDS:
        return lambda x: np.ones(len(x))
    finds = np.bincount(window, y)
    before = np.cumsum(finds) - finds
    last = before[window] > (1 - HELD_OUT) * y.sum()
    values = rows.x.to_numpy(np.float64)[kept]
    with _one_thread():
        trees = _fit(values, y, trees=_best_number(values, y, last))
    columns = list(rows.x.columns)

    def predict(x: pd.DataFrame) -> Floats:
        if not len(x):
            return np.ones(0)
        features = x.reindex(columns=columns, fill_value=0.0).to_numpy(np.float64)
        with _one_thread():
            return np.asarray(trees.predict(features), dtype=np.float64)

    return predict


def _best_number(values: Floats, y: Floats, last: Bools) -> int:
    """Return how many trees, grown on the windows before, predict the last ones best."""
    if not y[~last].any() or not last.any():
        return USUAL_TREES
    means = islice(
        _fit(values[~last], y[~last], trees=MOST_TREES).staged_predict(values[last]), MOST_TREES
    )
    happened = y[last]
    # Poisson, given the window's total: order and spread count, not the level.
    likelihood = [float(happened @ np.log(mean / mean.mean())) for mean in means]
    return 1 + int(np.argmax(likelihood))


def _fit(x: Floats, y: Floats, *, trees: int) -> Any:  # noqa: ANN401 -- untyped
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(**SETTINGS, max_iter=trees).fit(x, y)


def _one_thread() -> AbstractContextManager[Any]:
    """Sum in one order; threads on small windows only wait for each other."""
    import sklearn.ensemble  # noqa: F401 -- here, as it takes 2 s; before, or nothing is limited
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="openmp")
    return limits
