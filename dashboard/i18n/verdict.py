"""Whether the visit model beats counting, as sentences for the page and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.i18n import Translator
from dashboard.i18n.measures import measure_text
from governance.scores.evaluation_figures import AREA_HIT, DAYS, Figure
from governance.scores.evaluation_tables import Verdict
from risk.evaluation.report.verdict import AS_GOOD, BETTER, WORSE
from risk.evaluation.targets.geography import BUILDING

_WHOLE_FROM = 10  # expectations below this are written with one digit after the point
_LEAST_TOLD_LATER = 0.05  # what rounds to 0.0 days is neither earlier nor later


def which_order(*, say: Translator) -> str:
    """Say what is evaluated, and that the map is in another order."""
    return say(
        "What is evaluated here is the visit model, which learns from past visits alone. The map "
        "is in another order, that of the score, which is made of complaints, rentals, violations "
        "and visits. The map's order is not evaluated here."
    )


def headline(verdict: Verdict, *, unit: str, say: Translator) -> str:
    """Say what the visit model reached, and counting and chance beside it."""
    facts = {
        "ours": _plain(verdict, verdict.ours),
        "interval": interval(verdict.measure, verdict.ours, origins=verdict.origins, say=say),
        "counted": _plain(verdict, verdict.counted),
        "chance": _plain(verdict, verdict.chance),
    }
    if verdict.measure == AREA_HIT and unit == BUILDING:
        return say(
            "The first tenth of the buildings in the visit model's order held {ours} of all "
            "finds{interval}; ordered by past count, {counted}; at random, {chance}.",
            **facts,
        )
    if verdict.measure == AREA_HIT:
        return say(
            "The first tenth of the area in the visit model's order held {ours} of all "
            "finds{interval}; ordered by past count, {counted}; at random, {chance}.",
            **facts,
        )
    if (verdict.ours.mean or 0.0) < -_LEAST_TOLD_LATER:
        facts["ours"] = measure_text(DAYS, -(verdict.ours.mean or 0.0))
        return say(
            "The same visits in the visit model's order find what they find {ours} days "
            "later{interval}; ordered by past count, {counted} earlier; at random, {chance}.",
            **facts,
        )
    return say(
        "The same visits in the visit model's order find what they find {ours} days "
        "earlier{interval}; ordered by past count, {counted}; at random, {chance}.",
        **facts,
    )


def standing(verdict: Verdict, *, say: Translator) -> str:
    """Say how the visit model stands to the best other method, and how sure that is."""
    facts = {
        "best": say.name("method", verdict.best),
        "reached": _with_unit(verdict, verdict.best_figure, say=say),
        "difference": _gap(verdict, verdict.difference.mean, say=say),
        "low": measure_text(verdict.measure, verdict.difference.low, signed=True),
        "high": measure_text(verdict.measure, verdict.difference.high, signed=True),
        "ahead": verdict.ahead,
        "origins": verdict.origins,
    }
    if not verdict.best:
        return say("No other method was evaluated beside it.")
    if verdict.standing == BETTER:
        return say(
            "That beats every other method compared here. Best of them: {best}, {reached}. The "
            "visit model is ahead by {difference} ({low} to {high}), in {ahead} of {origins} "
            "windows.",
            **facts,
        )
    if verdict.standing == WORSE:
        return say(
            "{best} does better: {reached}. The visit model differs by {difference} ({low} to "
            "{high}) and is ahead in {ahead} of {origins} windows. Here, do not trust the visit "
            "model over it.",
            **facts,
        )
    if verdict.standing == AS_GOOD:
        return say(
            "It cannot be told from {best}: {reached}. The visit model differs by {difference} "
            "({low} to {high}) and is ahead in {ahead} of {origins} windows.",
            **facts,
        )
    return say(
        "Best of the other methods: {best}, {reached}. One window is too few to say how "
        "sure any of this is.",
        **facts,
    )


def promised(top: Mapping[str, float | None], *, say: Translator) -> str:
    """Say by how much the top tenth is overstated.

    Parameters
    ----------
    top
        As `risk.evaluation.report.overstatement.overstatement` returns.
    say
        Wording.
    """
    expected, low, high = top["expected"] or 0.0, top["low"] or 0.0, top["high"]
    facts = {"expected": f"{expected:,.0f}" if expected >= _WHOLE_FROM else f"{expected:.1f}"}
    if top["ratio"] is None or high is None:
        return _nothing_came(low, facts, say=say)
    facts["observed"] = f"{top['observed']:,.0f}"
    if high < 1:
        inverse = zip(("ratio", "low", "high"), (top["ratio"], high, low), strict=True)
        return say(
            "In the tenth that it ranks highest, the visit model foretold {expected} finds and "
            "{observed} came: it promises too little; {ratio} times as many came (likely {low} to "
            "{high}).",
            **facts,
            **{name: f"{1 / value:.1f}" for name, value in inverse},
        )
    facts |= {name: f"{top[name]:.1f}" for name in ("ratio", "low", "high")}
    if low > 1:
        return say(
            "In the tenth that it ranks highest, the visit model foretold {expected} finds and "
            "{observed} came: it promises {ratio} times too much (likely {low} to {high}).",
            **facts,
        )
    return say(
        "In the tenth that it ranks highest, the visit model foretold {expected} finds and "
        "{observed} came: in line, as far as such counts can tell (foretold to came {ratio}, "
        "likely {low} to {high}).",
        **facts,
    )


def _nothing_came(low: float, facts: Mapping[str, str], *, say: Translator) -> str:
    if low > 1:
        return say(
            "In the tenth that it ranks highest, the visit model foretold {expected} finds and "
            "none came: it promises at least {low} times too much.",
            low=f"{low:.1f}",
            **facts,
        )
    return say(
        "In the tenth that it ranks highest, the visit model foretold {expected} finds and none "
        "came: too few to say whether that is too much.",
        **facts,
    )


def interval(measure: str, figure: Figure, *, origins: int, say: Translator) -> str:
    """Say how sure a mean is, as a bracket to stand in a sentence; nothing where unknown."""
    if figure.low is None or figure.high is None:
        return ""
    return say(
        " (likely {low} to {high}, over {origins} windows)",
        low=measure_text(measure, figure.low),
        high=measure_text(measure, figure.high),
        origins=origins,
    )


def without_area(verdict: Verdict, *, say: Translator) -> str:
    """Say what the visit model reached without the neighbourhood, and why that counts."""
    return say(
        "Without anything about the neighbourhood: {without}{interval}. Inspectors have "
        "territories, so what the neighbourhood adds may be who works there rather than where "
        "risk is.",
        without=_with_unit(verdict, verdict.without_area, say=say),
        interval=interval(verdict.measure, verdict.without_area, origins=verdict.origins, say=say),
    )


def _plain(verdict: Verdict, figure: Figure) -> str:
    return measure_text(verdict.measure, figure.mean)


def _with_unit(verdict: Verdict, figure: Figure, *, say: Translator) -> str:
    text = _plain(verdict, figure)
    return say("{days} days", days=text) if verdict.measure == DAYS else text


def _gap(verdict: Verdict, value: float | None, *, say: Translator) -> str:
    text = measure_text(verdict.measure, value, signed=True)
    return (
        say("{days} days", days=text)
        if verdict.measure == DAYS
        else say("{points} percentage points", points=text)
    )
