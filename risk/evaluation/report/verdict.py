"""The verdict of an evaluation as a code with its values; the catalogue has the sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from risk.evaluation.methods.registry import SCORE, SCORES, WITHOUT_AREA
from risk.evaluation.targets.questions import ALL, INSPECTED

AHEAD, LEVEL, BEHIND = "ahead", "level", "behind"
COUNTING: Final = "past_count"
CHANCE: Final = "random"
JUDGED_BY: Final = {INSPECTED: "precision_at_k_visits", ALL: "precision_at_k"}
"""The share of the first k visits, or units, with a find; k is what a week's work can look at."""


@dataclass(frozen=True, kw_only=True)
class MethodVerdict:
    """A judgement in plain words."""

    standing: str
    """Of the score beside the best other method of the same run: ``ahead`` or ``behind`` where the
    interval of the paired difference leaves out 0. Else ``level``: no difference could be shown, be
    it that there is none or that the windows are too few.
    """
    facts: Mapping[str, Any]
    """``measure``, and in it ``ours`` (the score), ``without_area`` (the score without
    neighbourhoods), ``counting`` (past count), ``chance``, ``best`` and ``best_method`` (the best
    other method), ``low``, ``high`` (interval of the difference from it), ``ahead`` of ``origins``.
    ``k``: what a week's work can look at. None: not run, or not known.
    """


def judge(summary: Sequence[Mapping[str, Any]], *, measure: str | None = None) -> MethodVerdict:
    """Judge the score by lines of a summary of one event, unit, horizon and among.

    ``measure``: one of those compared in `risk.evaluation.report.summary`; that of `JUDGED_BY`
    where not given. The best of many other methods owes part of its lead to luck, so the
    comparison is rather unkind to the score.
    """
    lines = {line["method"]: line for line in summary}
    first = next(iter(lines.values()))
    measure = measure or JUDGED_BY[first["among"]]
    reached = {name: line["means"].get(measure, {}).get("mean") for name, line in lines.items()}
    ours = reached.get(SCORE)
    others = {n: value for n, value in reached.items() if n not in SCORES and value is not None}
    best = max(others, key=lambda name: others[name]) if others else None
    paired: Mapping[str, Any] = {}
    if ours is not None and best is not None:
        paired = lines[SCORE]["differences"][best].get(measure, {})
    return MethodVerdict(
        standing=_standing(paired.get("low"), paired.get("high")),
        facts={
            "measure": measure,
            "k": first.get("k"),
            "ours": ours,
            "without_area": reached.get(WITHOUT_AREA),
            "counting": reached.get(COUNTING),
            "chance": reached.get(CHANCE),
            "best": others.get(best) if best else None,
            "best_method": best,
            "low": paired.get("low"),
            "high": paired.get("high"),
            "ahead": paired.get("ahead"),
            "origins": first["origins"],
        },
    )


def _standing(low: float | None, high: float | None) -> str:
    if low is None or high is None or low <= 0 <= high:
        return LEVEL
    return AHEAD if low > 0 else BEHIND
