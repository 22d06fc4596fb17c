"""What a field trial is and what it found, as sentences for the page and the command line alike."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from dashboard.i18n import Translator
from dashboard.i18n.measures import MINUS
from governance.scores.trials.design import TrialDesign
from governance.scores.trials.protocol import ANALYSIS, HYPOTHESES
from governance.scores.trials.records import TrialResult
from risk.evaluation.trial.size import ARMS, HIGH, LOW, MIDDLE

_LEAST_P = 0.001


def design_sentences(design: TrialDesign, *, say: Translator) -> Iterator[str]:
    """Say how size and length follow from what is assumed."""
    buildings = len(ARMS) * design.per_arm
    facts = {"power": f"{design.power:.0%}", "alpha": f"{design.alpha:.1%}",
             "needed": design.needed}  # fmt: skip
    if design.both:
        yield say(
            "To show at a power of {power} (chance of a false alarm {alpha}, two-sided) that the "
            "high arm finds more than the low and than the middle one, each arm needs {needed} "
            "buildings.",
            **facts,
        )
    else:
        yield say(
            "To show at a power of {power} (chance of a false alarm {alpha}, two-sided) that the "
            "high arm finds more than the low one, each arm needs {needed} buildings.",
            **facts,
        )
    yield say(
        "Every building drawn counts; at {looked} of them somebody is expected to be able to look.",
        looked=f"{design.looked_share:.0%}",
    )
    yield say(
        "The office makes {visits} visits a week, of which the trial may take {share}: {buildings} "
        "buildings take {weeks} weeks, from {first} to {last}. The result can be read from {day}.",
        visits=f"{design.visits_a_week:.1f}", share=f"{design.visit_share:.0%}",
        buildings=buildings, weeks=design.weeks, first=design.first, last=design.last,
        day=design.read_from,
    )  # fmt: skip


def protocol_sentences(*, say: Translator) -> Iterator[str]:
    """Say what every protocol lays down, in the order of its own words, which are English."""
    for kind, laid_down in (("trial_hypothesis", HYPOTHESES), ("trial_rule", ANALYSIS)):
        for number in range(1, len(laid_down) + 1):
            yield say.name(kind, str(number))
    if say.language != "en":
        yield say("What was sealed is in English; this is its translation.")


def short_sentence(design: TrialDesign, *, say: Translator) -> str:
    """Say what power is left where street or time have too few buildings."""
    return say(
        "Street and time have only {count} buildings for each arm: the power reached is {low} "
        "against the low arm and {middle} against the middle one.",
        count=design.per_arm,
        low=f"{design.reached[LOW]:.0%}",
        middle=f"{design.reached[MIDDLE]:.0%}",
    )


def verdict_sentences(result: TrialResult, *, say: Translator) -> Iterator[str]:
    """Say what a trial found, and how far that can be believed."""
    for fault in result.faults:
        yield say.name("trial_fault", fault)
    if result.early:
        yield say(
            "Looked at before its time, until {day}: nothing is decided yet.", day=result.until
        )
    else:
        yield say.name("trial_verdict", result.verdict)
    for row in result.differences.to_dict("records"):
        if not math.isnan(row["difference"]):
            yield _difference_sentence(row, say=say)
    if not math.isnan(result.trend_p):
        small = result.trend_p < _LEAST_P
        p = f"< {_LEAST_P}" if small else f"= {result.trend_p:.3f}"
        yield say("Trend from low to high: z = {z}, p {p}.", z=f"{result.trend_z:.2f}", p=p)
    high = result.arms.set_index("arm").loc[HIGH]
    if high["looked"]:
        yield say(
            "In the high arm the score foretold {expected} finds at the buildings looked at; "
            "{came} came.",
            expected=f"{high['expected']:.1f}",
            came=f"{high['came']:.1f}",
        )
    days = len(result.trial.looks)
    yield say("All intervals hold the truth with {level}.", level=f"{100 * result.level:.4g}%") + (
        " "
        + say("They are wider because the result was looked at early on {count} days.", count=days)
        if days
        else ""
    )


def _difference_sentence(row: Mapping[Any, Any], *, say: Translator) -> str:
    more, less = (say.name("trial_arm", row[arm]) for arm in ("more", "less"))
    return say(
        "{analysis}, in percentage points: {more} against {less} {difference} ({low} to {high}).",
        analysis=say.name("trial_analysis", row["analysis"]),
        more=more,
        less=less,
        **{name: _points(row[name]) for name in ("difference", "low", "high")},
    )


def design_rows(design: TrialDesign) -> pd.DataFrame:
    """Return a row for each arm: what the score foretells, what is assumed, how many there are."""
    return pd.DataFrame(
        {"trial_arm": arm, "foretold": percent(design.foretold[arm]),
         "assumed": percent(design.assumed[arm]), "available": design.available[arm],
         "planned": design.per_arm,
         "reached": percent(design.reached[arm]) if arm in design.reached else ""}
        for arm in ARMS
    )  # fmt: skip


def result_rows(result: TrialResult) -> pd.DataFrame:
    """Return a row for each arm: what came of its buildings, with shares as texts."""
    rows = [
        {"trial_arm": row["arm"],
         **{name: int(row[name]) for name in ("planned", "not_visited", "no_look", "looked",
                                              "found", "suspected")},
         "rate": _share(row, "rate", ""), "done_rate": _share(row, "done_rate", "done_"),
         "foretold": percent(row["foretold"]), "came": _share(row, "came_rate", "came_")}
        for row in result.arms.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def percent(share: float) -> str:
    """Return a share in per cent; a dash where it is unknown."""
    return "—" if math.isnan(share) else f"{share:.1%}"


def _share(row: dict[Any, Any], name: str, stem: str) -> str:
    if math.isnan(row[name]):
        return "—"
    return f"{row[name]:.1%} ({row[f'{stem}low']:.1%} – {row[f'{stem}high']:.1%})"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", MINUS)
