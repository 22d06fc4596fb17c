"""Whether the score beats counting, as sentences for the page and the command line alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.i18n.measures import (
    AREA_HIT,
    DAYS,
    Figure,
    measure_text,
)
from risk.backtest.ground import BUILDING
from risk.backtest.verdict import AS_GOOD, BETTER, WORSE

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from governance.scores.evaluation_tables import Verdict

_LEAST_TOLD_LATER = 0.05  # what rounds to 0.0 days is neither earlier nor later


def headline(verdict: Verdict, *, unit: str, say: Words) -> str:
    """Say what our order reached, and counting and chance beside it."""
    facts = {
        "ours": _plain(verdict, verdict.ours),
        "interval": interval(verdict.measure, verdict.ours, origins=verdict.origins, say=say),
        "counted": _plain(verdict, verdict.counted),
        "chance": _plain(verdict, verdict.chance),
    }
    if verdict.measure == AREA_HIT and unit == BUILDING:
        return say(
            "The first tenth of the buildings in this order held {ours} of all "
            "finds{interval}; ordered by past count, {counted}; at random, {chance}.",
            **facts,
        )
    if verdict.measure == AREA_HIT:
        return say(
            "The first tenth of the area in this order held {ours} of all finds{interval}; "
            "ordered by past count, {counted}; at random, {chance}.",
            **facts,
        )
    if (verdict.ours.mean or 0.0) < -_LEAST_TOLD_LATER:
        facts["ours"] = measure_text(DAYS, -(verdict.ours.mean or 0.0))
        return say(
            "The same visits in this order find what they find {ours} days later{interval}; "
            "ordered by past count, {counted} earlier; at random, {chance}.",
            **facts,
        )
    return say(
        "The same visits in this order find what they find {ours} days earlier{interval}; "
        "ordered by past count, {counted}; at random, {chance}.",
        **facts,
    )


def standing(verdict: Verdict, *, say: Words) -> str:
    """Say how our order stands to the best other one, and how sure that is."""
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
            "That beats every other method. Best of them: {best}, {reached}. Ours is ahead "
            "by {difference} ({low} to {high}), in {ahead} of {origins} windows.",
            **facts,
        )
    if verdict.standing == WORSE:
        return say(
            "{best} does better: {reached}. Ours differs by {difference} ({low} to {high}) "
            "and is ahead in {ahead} of {origins} windows. Here, do not trust this score over "
            "it.",
            **facts,
        )
    if verdict.standing == AS_GOOD:
        return say(
            "It cannot be told from {best}: {reached}. Ours differs by {difference} ({low} "
            "to {high}) and is ahead in {ahead} of {origins} windows.",
            **facts,
        )
    return say(
        "Best of the other methods: {best}, {reached}. One window is too few to say how "
        "sure any of this is.",
        **facts,
    )


def interval(measure: str, figure: Figure, *, origins: int, say: Words) -> str:
    """Say how sure a mean is, as a bracket to stand in a sentence; nothing where unknown."""
    if figure.low is None or figure.high is None:
        return ""
    return say(
        " (likely {low} to {high}, over {origins} windows)",
        low=measure_text(measure, figure.low),
        high=measure_text(measure, figure.high),
        origins=origins,
    )


def without_area(verdict: Verdict, *, say: Words) -> str:
    """Say what our order reached without anything about the neighbourhood, and why that counts."""
    return say(
        "Without anything about the neighbourhood: {without}{interval}. Inspectors have "
        "territories, so what the neighbourhood adds may be who works there rather than where "
        "risk is.",
        without=_with_unit(verdict, verdict.without_area, say=say),
        interval=interval(verdict.measure, verdict.without_area, origins=verdict.origins, say=say),
    )


def _plain(verdict: Verdict, figure: Figure) -> str:
    return measure_text(verdict.measure, figure.mean)


def _with_unit(verdict: Verdict, figure: Figure, *, say: Words) -> str:
    text = _plain(verdict, figure)
    return say("{days} days", days=text) if verdict.measure == DAYS else text


def _gap(verdict: Verdict, value: float | None, *, say: Words) -> str:
    text = measure_text(verdict.measure, value, signed=True)
    return (
        say("{days} days", days=text)
        if verdict.measure == DAYS
        else say("{points} percentage points", points=text)
    )
