"""How days, hours, shifts and weeks of a patrol plan are said, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from dashboard.i18n import Translator
from governance.patrols.routing.model.vocabulary import PlanState

if TYPE_CHECKING:
    from governance.patrols.results.campaigns import CampaignSummary
    from governance.patrols.results.evaluation import PlanEvaluation

_HOUR = 60
_KM = 1_000
_DAY = {"zh": "M月d日 EEE", "en": "EEE d MMM"}
_PLAIN_DAY = {"zh": "M月d日", "en": "d MMM"}


def clock(minute: float) -> str:
    """Return minutes after midnight as a time of day, such as 18:05."""
    whole = int(minute)
    return f"{whole // _HOUR:02d}:{whole % _HOUR:02d}"


def day_text(day: date, *, say: Translator) -> str:
    """Return a day with its weekday."""
    return str(format_date(day, _DAY[say.language], locale=say.language))


def span_text(first: date, last: date, *, say: Translator) -> str:
    """Return a span of days, the year once."""
    text = f"{day_text(first, say=say)} – {day_text(last, say=say)}"
    return f"{first.year}年{text}" if say.language == "zh" else f"{text} {last.year}"


def short_span(first: date, last: date, *, say: Translator) -> str:
    """Return a span of days without weekdays, for lists and names of files."""
    form = _PLAIN_DAY[say.language]
    ends = [str(format_date(day, form, locale=say.language)) for day in (first, last)]
    return (
        f"{first.year}年{ends[0]}–{ends[1]}"
        if say.language == "zh"
        else (f"{ends[0]}–{ends[1]} {last.year}")
    )


def progress_text(plan: PlanEvaluation | CampaignSummary, *, say: Translator) -> str:
    """Say how far a plan is that did not come to its end, or ""."""
    if plan.state == PlanState.CANCELLED:
        return say("This plan was cancelled, no team goes by it; visits that were made to its "
                   "buildings within its days count all the same.")  # fmt: skip
    if plan.until < plan.first:
        return say("This plan begins on {day}; there is nothing to count yet.",
                   day=day_text(plan.first, say=say))  # fmt: skip
    if not plan.over:
        return say("These days are not over yet; what is shown counts until now.")
    return ""


def shift_text(shift: Any, *, say: Translator, team: bool = True) -> str:  # noqa: ANN401 -- a row of itertuples
    """Return a shift as people call it: whose, on which day, in which part of it."""
    when = f"{day_text(shift.day, say=say)} {say.name('part', str(shift.part))}"
    return f"{team_text(shift.team, say=say)} · {when}" if team else when


def team_text(name: object, *, say: Translator) -> str:
    """Return what a team is called; one that the office has not named is known by its number."""
    text = str(name)
    return say("Team {number}", number=text) if text.isdigit() else text


def listed(texts: Iterable[str], *, say: Translator) -> str:
    """Return texts one after the other, as the language does it."""
    return say(", ").join(texts)


def named(kind: str, codes: Iterable[object], *, say: Translator) -> str:
    """Return the names of codes of a kind, one after the other."""
    return listed((say.name(kind, str(code)) for code in codes), say=say)


def km_text(metres: float) -> str:
    """Return metres as kilometres with one place."""
    return f"{metres / _KM:,.1f}"
