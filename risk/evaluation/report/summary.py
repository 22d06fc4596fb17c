"""Means over origins with their intervals, and paired differences between methods."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.special import stdtrit

from risk.arrays import Floats
from risk.evaluation.report.overstatement import of_top_tenth
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.window import Measured

NAMES: Final = ("method", "event", "unit", "horizon", "among")
COMPARED: Final = (
    *("hit_1", "hit_5", "hit_10", "hit_20", "pai_10", "pei_10", "precision_at_k"),
    *("auc", "auc_units", "spearman", "days_earlier", "found_first_half"),
    "precision_at_k_visits",
)
LEAST_ORIGINS: Final = 2


def summarise(
    runs: Sequence[Mapping[str, Any]],
    measured: Mapping[str, Sequence[Measured]],
    settings: BacktestSettings,
) -> list[dict[str, Any]]:
    """Sum up the runs of one plan, one object per method.

    ``measured``: per method its results, in the order of the origins.

    The result: the names, ``k``, ``origins``, ``n_units``, ``n_events``, ``n_visits`` (means);
    ``means``: per measure ``mean, low, high, sd`` over origins; ``differences``: per other method
    and measure ``mean, low, high, ahead`` of this method less the other at the same origin
    (``ahead``: at how many origins it is above); ``unit_curve``, ``visit_curve`` (mean share found
    within the first 0 … 100 %), ``calibration`` (tenths, summed over origins), ``top_tenth`` (by
    how much its last tenth is overstated, `risk.evaluation.report.overstatement`; None without
    tenths), ``wrong_flags`` (per group ``flagged, wrong, share, by_chance``),
    ``wrong_flags_by_type`` (the same by type of community).
    """
    lines = {name: [run for run in runs if run["method"] == name] for name in measured}
    level = settings.interval_level
    return [
        {
            **{each: lines[name][0][each] for each in (*NAMES, "k")},
            "origins": len(lines[name]),
            **{
                each: float(np.mean([run[each] for run in lines[name]]))
                for each in ("n_units", "n_events", "n_visits")
            },
            "means": _means(lines[name], level),
            "differences": {
                other: _differences(lines[name], lines[other], settings)
                for other in measured
                if other != name
            },
            **_pictures(results, level),
        }
        for name, results in measured.items()
    ]


def interval(values: Floats, *, level: float) -> dict[str, float | None]:
    """Return mean, standard deviation and Student's interval of values over origins.

    mean ± t_(n-1) · s / √n. Windows that overlap, or follow each other closely, are alike, so the
    true uncertainty is rather larger. Bounds are None below two known values.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return {"mean": None, "low": None, "high": None, "sd": None}
    mean = float(known.mean())
    if len(known) < LEAST_ORIGINS:
        return {"mean": mean, "low": None, "high": None, "sd": None}
    spread = float(known.std(ddof=1))
    quantile = float(stdtrit(len(known) - 1, 0.5 + level / 2))
    half = quantile * spread / np.sqrt(len(known))
    return {"mean": mean, "low": float(mean - half), "high": float(mean + half), "sd": spread}


def _means(lines: Sequence[Mapping[str, Any]], level: float) -> dict[str, dict[str, float | None]]:
    names = [name for name, value in lines[0].items() if isinstance(value, float)]
    return {name: interval(_values(lines, name), level=level) for name in names}


def _differences(
    ours: Sequence[Mapping[str, Any]],
    theirs: Sequence[Mapping[str, Any]],
    settings: BacktestSettings,
) -> dict[str, dict[str, float | int | None]]:
    """Pair two methods at each origin."""
    sizes = [f"precision_at_{size}" for size in settings.capacities]
    names = [*COMPARED, *sizes, *(f"{name}_visits" for name in sizes)]
    paired = {name: _values(ours, name) - _values(theirs, name) for name in names}
    return {
        name: {**interval(values, level=settings.interval_level), "ahead": int((values > 0).sum())}
        for name, values in paired.items()
    }


def _pictures(results: Sequence[Measured], level: float) -> dict[str, Any]:
    tenths = _calibration(results)
    return {
        "unit_curve": _mean_curve([result.unit_curve for result in results]),
        "visit_curve": _mean_curve([result.visit_curve for result in results]),
        "calibration": tenths,
        "top_tenth": of_top_tenth(tenths, level=level),
        "wrong_flags": _flags(results, "wrong_flags"),
        "wrong_flags_by_type": _flags(results, "wrong_flags_by_type"),
    }


def _mean_curve(curves: Sequence[Floats]) -> list[float]:
    known = [curve for curve in curves if not np.isnan(curve).any()]
    return [round(float(value), 5) for value in np.mean(known, axis=0)] if known else []


def _calibration(results: Sequence[Measured]) -> list[dict[str, float]]:
    tenths = [result.calibration for result in results if result.calibration]
    whole = max((len(each) for each in tenths), default=0)
    return [
        {
            name: sum(each[place][name] for each in tenths if len(each) == whole)
            for name in ("expected", "observed")
        }
        for place in range(whole)
    ]


def _flags(results: Sequence[Measured], way: str) -> dict[str, dict[str, float]]:
    windows = [result.wrong_flags.get(way, {}) for result in results]
    shares: dict[str, dict[str, float]] = {}
    for group in sorted({group for each in windows for group in each}):
        counts = [each.get(group, (0, 0, 0, 0)) for each in windows]
        flagged, wrong, units, nothing = map(sum, zip(*counts, strict=True))
        if not flagged:
            continue
        shares[group] = {"flagged": flagged, "wrong": wrong, "share": wrong / flagged,
                         "by_chance": nothing / units}  # fmt: skip
    return shares


def _values(lines: Sequence[Mapping[str, Any]], name: str) -> Floats:
    return np.array([line[name] for line in lines], dtype=np.float64)
