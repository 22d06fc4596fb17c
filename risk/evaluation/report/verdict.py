"""The verdict of an evaluation as a code with its values; the catalogue has the sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from risk.evaluation.methods.registry import VISIT_MODEL, VISIT_MODELS, WITHOUT_AREA
from risk.evaluation.targets.questions import INSPECTED

BETTER, AS_GOOD, WORSE, UNDECIDED = "better", "as_good", "worse", "undecided"
COUNTING: Final = "past_count"
CHANCE: Final = "random"
_MEASURE: Final = {INSPECTED: "days_earlier", "all": "hit_10"}


@dataclass(frozen=True, kw_only=True)
class MethodVerdict:
    """A judgement in plain words.

    Parameters
    ----------
    code
        ``days_better, days_as_good, days_worse, days_undecided`` where visits were put in another
        order, ``hits_…`` where all units were ranked. Against the best other method: better or
        worse where the interval of the paired difference leaves out 0; ``undecided`` with a single
        origin, or without our method.
    facts
        ``ours``, ``without_area``, ``counting`` (past count), ``chance``, ``best`` and
        ``best_method`` (the best other method), ``low``, ``high`` (interval of the difference from
        it), ``ahead`` of ``origins``: days, or fractions found in the first tenth. None: not run.
    """

    code: str
    facts: Mapping[str, Any]


def judge(summary: Sequence[Mapping[str, Any]]) -> MethodVerdict:
    """Judge the lines of a summary that belong together (one event, unit, horizon and among)."""
    lines = {line["method"]: line for line in summary}
    among = next(iter(lines.values()))["among"]
    measure = _MEASURE[among]
    kind = "days" if among == INSPECTED else "hits"
    reached = {name: line["means"][measure]["mean"] for name, line in lines.items()}
    ours = next((name for name in VISIT_MODELS if reached.get(name) is not None), None)
    others = {
        n: value for n, value in reached.items() if n not in VISIT_MODELS and value is not None
    }
    best = max(others, key=lambda name: others[name]) if others else None
    paired: Mapping[str, Any] = {}
    if ours is not None and best is not None:
        paired = lines[ours]["differences"][best][measure]
    return MethodVerdict(
        code=f"{kind}_{_word(paired)}",
        facts={
            "ours": reached.get(VISIT_MODEL, reached.get(WITHOUT_AREA)),
            "without_area": reached.get(WITHOUT_AREA),
            "counting": reached.get(COUNTING),
            "chance": reached.get(CHANCE),
            "best": others.get(best) if best else None,
            "best_method": best,
            "low": paired.get("low"),
            "high": paired.get("high"),
            "ahead": paired.get("ahead"),
            "origins": next(iter(lines.values()))["origins"],
        },
    )


def _word(paired: Mapping[str, Any]) -> str:
    low, high = paired.get("low"), paired.get("high")
    if low is None or high is None:
        return UNDECIDED
    if low > 0:
        return BETTER
    return WORSE if high < 0 else AS_GOOD
