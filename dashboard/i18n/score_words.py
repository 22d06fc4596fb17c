"""What the number of a score says, and what it stands on, for the pages and the command line."""

from collections.abc import Iterable
from itertools import chain
from typing import Final

from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed
from data.results.snapshot import BUILDING_KIND, FIND_RATE
from governance.scores.live import ScoreWithNews
from governance.scores.scoring import ExplainedUnit
from risk.events.purposes import REVISIT_DAYS
from risk.explanation.evidence import EvidenceRow, count_sources
from risk.find_rate.points import VISITS
from risk.schema import VISITS_OTHER

_POLICY: Final = "policy"
_LEAST_WHOLE: Final = 10  # numbers below this are written with one digit after the point


def meaning(explained: ExplainedUnit, *, say: Translator) -> str:
    """Say what the score of a unit is a number of."""
    if explained.learning.model != FIND_RATE:
        return earlier_model(say=say)
    level = f"{explained.interval_level:.0%}"
    if explained.unit_kind == BUILDING_KIND:
        return say(
            "Of 100 full visits here, about {n} would find something ({level} interval {low} to "
            "{high}).",
            n=_count(explained.score),
            low=_count(explained.low),
            high=_count(explained.high),
            level=level,
        )
    n, low, high = (each / VISITS for each in (explained.score, explained.low, explained.high))
    return say(
        "With one full visit to each of its {buildings} buildings, about {n} would find something "
        "({level} interval {low} to {high}).",
        n=_count(n), low=_count(low), high=_count(high), level=level,
        buildings=len(explained.buildings),
    )  # fmt: skip


def origin(explained: ExplainedUnit, *, say: Translator) -> str:
    """Say what taught the score."""
    learning = explained.learning
    if learning.model != FIND_RATE:
        return earlier_model(say=say)
    if learning.state == _POLICY:
        return not_taught(say=say)
    return say(
        "Learnt from {visits} visits with a result, of which {finds} found something.",
        visits=learning.visits,
        finds=round(learning.finds),
    )


def complaint_visits(explained: ExplainedUnit, *, say: Translator) -> str:
    """Say how much less the weights counted at visits that a complaint led to; empty where none."""
    slope = explained.learning.complaint_slope
    if slope == 1.0:
        return ""
    return say(
        "The weights are those of a usual visit. After a complaint something is found more often "
        "whatever the place is like, so at such visits they were taken to count × {slope}.",
        slope=f"{slope:.2f}",
    )


def came_about(explained: ExplainedUnit, *, say: Translator) -> str:
    """Say how the rows behind a score came about and what that weighs; empty without such rows."""
    origins = sources(chain.from_iterable(explained.rows.values()), say=say)
    if not origins:
        return ""
    alike = say(
        "The rows behind it came about by: {told}. A row weighs alike however it came about.",
        told=origins,
    )
    if not explained.points.get(VISITS_OTHER):
        return alike
    causes = say(
        "What led people here before, and how often, is a factor of its own, {factor}: the rules "
        "give it no points; they were learnt from what visits found at places visited so.",
        factor=say.name("factor", VISITS_OTHER),
    )
    if not explained.learning.guesses_purposes:
        return f"{alike} {causes}"
    guessed = say(
        "A visit counts as a revisit within {days} days of a find, as long as no visit of the "
        "office says in words that are known what it was for.",
        days=REVISIT_DAYS,
    )
    return f"{alike} {causes} {guessed}"


def without_points(explained: ExplainedUnit, *, say: Translator) -> str:
    """Say of factors that have rows behind them and no points why that can be; empty without any.

    Points are told to one digit, so that is what counts as none.
    """
    silent = [
        say.name("factor", factor)
        for factor, points in explained.points.items()
        if explained.rows.get(factor) and round(abs(points), 1) == 0
    ]
    if not silent:
        return ""
    return say(
        "Rows without points: {factors}. They are long past, or visits have found no more where "
        "there are such rows than elsewhere.",
        factors=listed(silent, say=say),
    )


def with_news(news: ScoreWithNews, *, say: Translator) -> str:
    """Say what a building's score is with the visits and complaints that came since."""
    facts = {"score": _count(news.score), "was": _count(news.was)}
    if not news.complaints:
        return say(
            "With {visits} visits that came since: {score} (was {was}).",
            visits=news.visits, **facts,
        )  # fmt: skip
    if not news.visits:
        return say(
            "With {complaints} complaints that came since: {score} (was {was}).",
            complaints=news.complaints, **facts,
        )  # fmt: skip
    return say(
        "With {visits} visits and {complaints} complaints that came since: {score} (was {was}).",
        visits=news.visits, complaints=news.complaints, **facts,
    )  # fmt: skip


def complaints_count(explained: ExplainedUnit, *, say: Translator) -> str:
    """Say what complaints count where the community reports more or less readily than others.

    Empty where it does not, to two digits, and where nothing is known of it.
    """
    rate = f"{explained.reporting or 1.0:.2f}"
    if float(rate) == 1.0 or not float(rate):
        return ""
    return say(
        "Complaints here count × {factor}, since this community reports {rate} times as readily "
        "as others.",
        factor=f"{1.0 / float(rate):.2f}",
        rate=rate,
    )


def shared_words(explained: ExplainedUnit, *, say: Translator) -> str:
    """Say what was found at operators elsewhere whose names share a word with those here.

    Empty where there is none.
    """
    if not explained.words:
        return ""
    first = explained.words[0]
    parts = [
        say(
            "Operators elsewhere whose names share a word with this one's: {visits} visits found "
            "{found}, {usual} would have been usual.",
            visits=first.visits,
            found=_count(first.found),
            usual=_count(first.usual),
        )
    ]
    if len(explained.words) > 1:
        parts.append(
            say(
                "That is the most telling of {words} such words; the others are counted as well.",
                words=len(explained.words),
            )
        )
    parts.append(say("The words themselves are not kept."))
    return ("" if say.language == "zh" else " ").join(parts)


def sources(rows: Iterable[EvidenceRow], *, say: Translator) -> str:
    """Say of rows by what they came about, and how many each."""
    counts = count_sources(rows).items()
    return listed(
        (f"{say.name('came_about', source)} {count}" for source, count in counts), say=say
    )


def what_scores_are(*, say: Translator) -> str:
    """Say what the numbers of a list or a map are."""
    return say(
        "Score of a building: of 100 full visits to it, so many would find something. Of cells, "
        "grids and communities: the sum over their buildings."
    )


def snapshot_note(*, model: str, state: str, say: Translator) -> str:
    """Say what is to be known of all scores of a snapshot; empty where visits have taught them."""
    if model != FIND_RATE:
        return earlier_model(say=say)
    return not_taught(say=say) if state == _POLICY else ""


def not_taught(*, say: Translator) -> str:
    """Say that scores are what policy believes."""
    return say(
        "No visit has taught this score yet: it is what policy believes. Its order is where to "
        "begin; its number has not been measured."
    )


def earlier_model(*, say: Translator) -> str:
    """Say that scores were made by an earlier model."""
    return say(
        "Made by an earlier model: this score counts thousandths of a confirmed event expected "
        "within months, and cannot be compared with today's. Score again for today's."
    )


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= _LEAST_WHOLE else f"{number:.1f}"
