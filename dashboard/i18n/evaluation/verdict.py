"""Whether the score beats counting, as sentences for the page and the command line alike."""

from collections.abc import Mapping

from dashboard.i18n import Translator
from dashboard.i18n.measures import measure_text
from governance.scores.evaluation_figures import AREA_HIT, DAYS, Figure
from governance.scores.evaluation_tables import Verdict
from risk.evaluation.report.verdict import AHEAD, BEHIND
from risk.evaluation.targets.geography import BUILDING
from risk.evaluation.targets.questions import ALL

_WHOLE_FROM = 10  # expectations below this are written with one digit after the point
_LEAST_DAYS = 0.05  # what rounds to 0.0 days is neither earlier nor later


def which_order(*, say: Translator) -> str:
    """Say what is evaluated, and beside what, in six sentences."""
    return say(
        "There is one score, and it is what is evaluated here: the number on the map, in the list "
        "and in the plan. It is made anew for days gone by, from what was known then. It is judged "
        "by what the visits of the following weeks found. Simple methods rank the same visits "
        "beside it. Where nobody went, nothing is proved. No result here says that something is "
        "wrong in a building."
    )


def headline(verdict: Verdict, *, among: str, say: Translator) -> str:
    """Say what a week's work finds in the score's order, and counting and chance beside it."""
    facts = {"k": verdict.k} | _comparison(verdict, say=say)
    if among == ALL:
        return say(
            "A check of the schedule, not of risk: of the first {k} in the score's order, a week's "
            "work, {ours} had a find in the window{interval}; ordered by past count, {counted}; "
            "at random, {chance}.",
            **facts,
        )
    return say(
        "Of {k} visits, a week's work, chosen in the score's order from those that were made, "
        "{ours} found something{interval}; ordered by past count, {counted}; at random, {chance}.",
        **facts,
    )


def whole_order(verdict: Verdict, *, unit: str, say: Translator) -> str:
    """Say what the whole of the score's order reached, and counting and chance beside it."""
    facts = _comparison(verdict, say=say)
    if verdict.measure == AREA_HIT and unit == BUILDING:
        return say(
            "The first tenth of the buildings in the score's order held {ours} of all "
            "finds{interval}; ordered by past count, {counted}; at random, {chance}.",
            **facts,
        )
    if verdict.measure == AREA_HIT:
        return say(
            "The first tenth of the area in the score's order held {ours} of all "
            "finds{interval}; ordered by past count, {counted}; at random, {chance}.",
            **facts,
        )
    if (verdict.ours.mean or 0.0) < -_LEAST_DAYS:
        facts["ours"] = measure_text(DAYS, -(verdict.ours.mean or 0.0))
        return say(
            "The same visits in the score's order find what they find {ours} days "
            "later{interval}; ordered by past count, {counted} earlier; at random, {chance}.",
            **facts,
        )
    return say(
        "The same visits in the score's order find what they find {ours} days "
        "earlier{interval}; ordered by past count, {counted}; at random, {chance}.",
        **facts,
    )


def standing(verdict: Verdict, *, say: Translator) -> str:
    """Say how the score stands to the best other method, and how sure that is."""
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
    if verdict.difference.low is None:
        return say(
            "No difference could be shown: one window is too few. Best of the other methods: "
            "{best}, {reached}.",
            **facts,
        )
    if verdict.standing == AHEAD:
        return say(
            "Ahead of the best other method, {best} ({reached}): by {difference} ({low} to "
            "{high}), in {ahead} of {origins} windows.",
            **facts,
        )
    if verdict.standing == BEHIND:
        return say(
            "Behind {best} ({reached}): the score differs by {difference} ({low} to {high}) and is "
            "above in {ahead} of {origins} windows. Here, do not trust the score's order over it.",
            **facts,
        )
    return say(
        "Level: no difference from the best other method could be shown, {best} ({reached}). The "
        "score differs by {difference} ({low} to {high}) and is above in {ahead} of "
        "{origins} windows.",
        **facts,
    )


def promised(top: Mapping[str, float | None], *, say: Translator) -> str:
    """Say by how much the score's top tenth is overstated.

    ``top``: as `risk.evaluation.report.overstatement.overstatement` returns.
    """
    expected, low, high = top["expected"] or 0.0, top["low"] or 0.0, top["high"]
    facts = {"expected": f"{expected:,.0f}" if expected >= _WHOLE_FROM else f"{expected:.1f}"}
    if top["ratio"] is None or high is None:
        return _nothing_came(low, facts, say=say)
    facts["observed"] = f"{top['observed']:,.0f}"
    if high < 1:
        inverse = zip(("ratio", "low", "high"), (top["ratio"], high, low), strict=True)
        return say(
            "The score, in the tenth that it ranks highest, foretold {expected} finds and "
            "{observed} came: it promises too little; {ratio} times as many came (likely {low} to "
            "{high}).",
            **facts,
            **{name: f"{1 / value:.1f}" for name, value in inverse},
        )
    facts |= {name: f"{top[name]:.1f}" for name in ("ratio", "low", "high")}
    if low > 1:
        return say(
            "The score, in the tenth that it ranks highest, foretold {expected} finds and "
            "{observed} came: it promises {ratio} times too much (likely {low} to {high}).",
            **facts,
        )
    return say(
        "The score, in the tenth that it ranks highest, foretold {expected} finds and "
        "{observed} came: in line, as far as such counts can tell (foretold to came {ratio}, "
        "likely {low} to {high}).",
        **facts,
    )


def _nothing_came(low: float, facts: Mapping[str, str], *, say: Translator) -> str:
    if low > 1:
        return say(
            "The score, in the tenth that it ranks highest, foretold {expected} finds and "
            "none came: it promises at least {low} times too much.",
            low=f"{low:.1f}",
            **facts,
        )
    return say(
        "The score, in the tenth that it ranks highest, foretold {expected} finds and none "
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
    """Say what the score reached without the neighbourhood; empty where that did not run."""
    figure = verdict.without_area
    if figure.mean is None:
        return ""
    return say(
        "The score without anything about the neighbourhood: {without}{interval}. Inspectors have "
        "territories, so what the neighbourhood adds may be who works there rather than where "
        "risk is.",
        without=_with_unit(verdict, figure, say=say),
        interval=interval(verdict.measure, figure, origins=verdict.origins, say=say),
    )


def _comparison(verdict: Verdict, *, say: Translator) -> dict[str, str]:
    """Write what the score reached, with its interval, and counting and chance."""
    return {
        "ours": _plain(verdict, verdict.ours),
        "interval": interval(verdict.measure, verdict.ours, origins=verdict.origins, say=say),
        "counted": _plain(verdict, verdict.counted),
        "chance": _plain(verdict, verdict.chance),
    }


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
