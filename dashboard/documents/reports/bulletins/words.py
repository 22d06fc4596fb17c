"""What bulletins say: periods, figures and changes in words."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from babel.dates import format_date

from dashboard.i18n import Translator
from dashboard.i18n.patrol import short_span
from governance.records.bulletins.figures import ALL, BY_NAME
from governance.records.bulletins.periods import BulletinKind, Period
from governance.records.bulletins.service import Bulletin
from risk.evaluation.proportions import difference_of

LEVEL: Final = 0.9
"""Probability that an interval is meant to hold."""
MOST_CHANGES: Final = 3
MOST_NAMED: Final = 2
"""So many communities stand in a title."""
ABSENT: Final = "–"
_DAY: Final = {"zh": "y年M月d日", "en": "d MMMM y"}
_MONTH: Final = {"zh": "y年M月", "en": "MMMM y"}
_SHORT_DAY: Final = {"zh": "M月d日", "en": "d MMM"}
_CHINESE_QUARTERS: Final = "一二三四"


def day_words(day: date, *, say: Translator) -> str:
    """Return a day with its year."""
    return str(format_date(day, _DAY[say.language], locale=say.language))


def short_day(day: date, reference: date, *, say: Translator) -> str:
    """Return a day, with its year where that is another one."""
    if day.year != reference.year:
        return day_words(day, say=say)
    return str(format_date(day, _SHORT_DAY[say.language], locale=say.language))


def period_words(period: Period, *, say: Translator) -> str:
    """Return what a period is called, such as 2026年第47周."""
    year, rest = period.key.split("-", 1) if period.key else ("", "")
    if period.kind == BulletinKind.WEEKLY and rest:
        return say("Week {week} of {year}", week=int(rest[1:]), year=year)
    if period.kind == BulletinKind.MONTHLY:
        form = _MONTH[say.language]
        return str(format_date(period.first, form, locale=say.language))
    if period.kind == BulletinKind.QUARTERLY:
        number = _CHINESE_QUARTERS[int(rest[1:]) - 1] if say.language == "zh" else rest[1:]
        return say("Quarter {quarter} of {year}", quarter=number, year=year)
    if rest:
        return say("{campaign} {year}", campaign=say.name("campaign", rest), year=year)
    return short_span(period.first, period.last, say=say)


def title_words(bulletin: Bulletin, *, street: str, say: Translator) -> str:
    """Return the title of a bulletin: of the street, or of the few communities that it is of."""
    few = not bulletin.whole and 0 < len(bulletin.names) <= MOST_NAMED
    place = say(", ").join(bulletin.names.values()) if few else street
    return say.name("bulletin_title", bulletin.period.kind, street=place).strip()


def figure_words(figure: str, value: float) -> str:
    """Return a rate as a percentage, a count with its thousands, nothing as a dash."""
    if math.isnan(value):
        return ABSENT
    return f"{value:.1%}" if BY_NAME[figure].denominator else f"{value:,.0f}"


def share_words(row: pd.Series) -> str:
    """Return what a rate was worked out from, such as 64/71; nothing for a count."""
    if not BY_NAME[row["figure"]].denominator or pd.isna(row["denominator"]):
        return ""
    return f"{row['numerator']:.0f}/{row['denominator']:.0f}"


def headline(bulletin: Bulletin, *, say: Translator) -> str:
    """Say what was done, in the field's phrases."""
    names = ("person_times", "places_checked", "problems_found", "ordered_to_stop",
             "leads_handed_over", "received", "open")  # fmt: skip
    figures = {name: figure_words(name, bulletin.value(name)["value"]) for name in names}
    return say(
        "In the period, {person_times} person-times went out and checked {places_checked} places; "
        "{problems_found} problems were found, {ordered_to_stop} places ordered to stop, "
        "{leads_handed_over} leads handed over. {received} leads were received; {open} cases "
        "were open at the end.",
        **figures,
    )


def changes(bulletin: Bulletin, *, say: Translator) -> Iterator[str]:
    """Say what changed against the period before: rates that chance alone hardly explains."""
    rows = bulletin.figures[bulletin.figures["community"] == ALL]
    changed = [(abs(row["value"] - row["before"]), row) for _, row in rows.iterrows() if _real(row)]
    changed.sort(key=lambda each: -each[0])
    for _, row in changed[:MOST_CHANGES]:
        yield _rate_change(row, say=say)
    if not changed:
        yield say("No rate differs from the period before by more than chance alone would explain.")
    found = bulletin.value("problems_found")
    if not pd.isna(found["before"]):
        yield say(
            "Problems found: {now}, after {before} in the period before.",
            now=figure_words("problems_found", found["value"]),
            before=figure_words("problems_found", found["before"]),
        )


def overdue_words(bulletin: Bulletin, *, say: Translator) -> str:
    """Say how much is overdue, and where most."""
    total = bulletin.value("overdue")
    rows = bulletin.figures[bulletin.figures["figure"] == "overdue"]
    rows = rows[(rows["community"] != ALL) & (rows["value"] > 0)]
    most = rows.sort_values(["value", "community"], ascending=[False, True]).head(MOST_CHANGES)
    if most.empty:
        return say("Nothing was overdue at the end of the period.")
    places = say(", ").join(
        say("{place} ({count})", place=bulletin.names.get(code, code), count=f"{value:,.0f}")
        for code, value in zip(most["community"], most["value"], strict=True)
    )
    return say(
        "{count} cases were overdue at the end of the period, most in {places}.",
        count=figure_words("overdue", total["value"]), places=places,
    )  # fmt: skip


def notes(bulletin: Bulletin, *, say: Translator) -> Iterator[str]:
    """Say what a reader has to know about the figures."""
    yield say("※ Rates of fewer than 10 are grey: they say little.")
    if not bulletin.over:
        until = day_words(bulletin.until, say=say)
        yield say("The period is not over: counted until {day}.", day=until)
    if bulletin.known_later:
        yield say(
            "{count} visits of the period were entered or changed after its end and are counted.",
            count=bulletin.known_later,
        )
    for kind, day in sorted(bulletin.began.items()):
        since = day_words(day, say=say)
        yield say("{what} are on file since {day} only.", what=say.name("on_file", kind), day=since)
    if not bulletin.whole:
        yield say("Of the communities that this account answers for only.")


def chance_words(arms: Any, plans: int, verdict: str, *, say: Translator) -> str:  # noqa: ANN401 -- an ArmComparison
    """Say how far the list beat chance, as far as it was proved.

    ``arms``: a `governance.patrols.results.compare_arms.ArmComparison`.
    ``plans``: how many weekly plans it is of.
    """
    rates = arms.arms.set_index("arm")
    facts = {"plans": plans, "list": _of_100(rates, "list"), "random": _of_100(rates, "random")}
    low, high = (f"{each:.1f}" for each in (arms.ratio.low, arms.ratio.high))
    sentence = say.name("list_or_chance", verdict, **facts)
    if verdict == "more" and np.isfinite([arms.ratio.low, arms.ratio.high]).all():
        sentence += say(
            " That is {ratio} times as many (90% interval {low} to {high}).",
            ratio=f"{arms.ratio.value:.1f}", low=low, high=high,
        )  # fmt: skip
    return sentence


def _of_100(rates: pd.DataFrame, arm: str) -> str:
    rate = float(rates["rate"].astype(float).get(arm, np.nan))
    return f"{rate * 100:.1f}" if np.isfinite(rate) else ABSENT


def _real(row: pd.Series) -> bool:
    """Say whether a rate differs from that before by more than chance alone would explain."""
    figure = BY_NAME[row["figure"]]
    known = figure.denominator and not (row["few"] or row["before_few"])
    if not known or pd.isna(row["value"]) or pd.isna(row["before"]):
        return False
    counts = (row["numerator"], row["denominator"], row["before_numerator"],
              row["before_denominator"])  # fmt: skip
    between = difference_of(*map(int, counts), level=LEVEL)
    return bool(between.low > 0 or between.high < 0)


def _rate_change(row: pd.Series, *, say: Translator) -> str:
    points = (row["value"] - row["before"]) * 100
    facts = {
        "figure": say.name("figure", row["figure"]), "points": f"{abs(points):.1f}",
        "now": figure_words(row["figure"], row["value"]),
        "before": figure_words(row["figure"], row["before"]),
    }  # fmt: skip
    if points > 0:
        return say("{figure} {now}, up {points} points from {before}.", **facts)
    return say("{figure} {now}, down {points} points from {before}.", **facts)
