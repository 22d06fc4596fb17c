"""What the Word templates of bulletins are filled in with."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from dashboard.documents.reports.bulletins.words import (
    ABSENT,
    changes,
    day_words,
    figure_words,
    headline,
    notes,
    overdue_words,
    period_words,
    share_words,
    short_day,
    title_words,
)
from dashboard.i18n import Translator
from dashboard.i18n.patrol import short_span
from governance.records.bulletins.figures import ALL, FIGURES
from governance.records.bulletins.service import Bulletin
from governance.records.bulletins.templates import FULL, ONE_PAGE, SUMMARY
from governance.records.rendering.word import Picture

ON_ONE_PAGE: Final = ("received", "signed_in_time", "handled_in_time", "verified", "confirmed",
                      "satisfied", "coverage", "found_again", "overdue", "on_hold")  # fmt: skip
MOST_WAITING: Final = {ONE_PAGE: 6, FULL: 15, SUMMARY: 6}
MAP_MM: Final = {ONE_PAGE: 80.0, FULL: 150.0, SUMMARY: 105.0}
CHART_MM: Final = 160.0


def template_values(
    bulletin: Bulletin,
    *,
    office: str,
    street: str,
    pictures: Mapping[str, bytes],
    chance: str,
    form: str,
    say: Translator,
) -> dict[str, Any]:
    """Return everything that a template may ask for.

    ``office``, ``street``: who publishes it, and what it is of.
    ``pictures``: ``map`` and ``chart`` as PNG.
    ``chance``: how far the list beat chance, in words.
    ``form``: one of `FORMS`.
    """
    period = bulletin.period
    shown = ON_ONE_PAGE if form == ONE_PAGE else tuple(each.name for each in FIGURES)
    waiting, rest = _waiting(bulletin, most=MOST_WAITING[form], say=say)
    return {
        "title": title_words(bulletin, street=street, say=say),
        "period": period_words(period, say=say),
        "span": short_span(period.first, period.last, say=say),
        "office": office or street, "day": day_words(bulletin.made_at.date(), say=say),
        "headline": headline(bulletin, say=say),
        "map": Picture(pictures["map"], MAP_MM[form]),
        "chart": Picture(pictures["chart"], CHART_MM) if "chart" in pictures else "",
        "figures": [_figure(bulletin, name, say=say) for name in shown],
        "changes": list(changes(bulletin, say=say)),
        "overdue": overdue_words(bulletin, say=say),
        "waiting": waiting, "rest": rest, "chance": chance,
        "communities": _communities(bulletin),
        "definitions": [
            {"name": say.name("figure", each.name), "text": say.name("figure_means", each.name)}
            for each in FIGURES
        ],
        "notes": list(notes(bulletin, say=say)),
    }  # fmt: skip


def _figure(bulletin: Bulletin, name: str, *, say: Translator) -> dict[str, str]:
    row = bulletin.value(name)
    values = {"now": (row["value"], row["few"]), "before": (row["before"], row["before_few"]),
              "year": (row["year_before"], row["year_before_few"])}  # fmt: skip
    cells = {key: _cell(name, value, few=few, key=key) for key, (value, few) in values.items()}
    flat = {key: text for each in cells.values() for key, text in each.items()}
    return {"name": say.name("figure", name), "of": share_words(row), **flat}


def _cell(name: str, value: float, *, few: bool, key: str) -> dict[str, str]:
    """Return a value as it stands, or in grey and marked where it says little."""
    text = figure_words(name, value)
    grey = bool(few) and text != ABSENT
    return {key: "" if grey else text, f"{key}_grey": f"{text}※" if grey else ""}


def _waiting(bulletin: Bulletin, *, most: int, say: Translator) -> tuple[list[dict[str, str]], str]:
    """Return who has to do what by when, the most overdue first, and what is left out."""
    rows = bulletin.waiting
    shown = [_task(bulletin, row, say=say) for row in rows.head(most).to_dict("records")]
    left = rows.iloc[most:]
    if left.empty:
        return shown, ""
    rest = say(
        "And {count} more lines: {overdue} overdue, {soon} due soon; see the list of cases.",
        count=len(left), overdue=int(left["overdue"].sum()), soon=int(left["due_soon"].sum()),
    )  # fmt: skip
    return shown, rest


def _task(bulletin: Bulletin, row: Mapping[Any, Any], *, say: Translator) -> dict[str, str]:
    code, clock = str(row["community"]), str(row["clock"])
    place = bulletin.names.get(code, code)
    due = short_day(pd.Timestamp(row["first_due"]).date(), bulletin.until, say=say)
    now = row["overdue"] > 0
    when = say("at once; due since {day}", day=due) if now else say("by {day}", day=due)
    return {
        "who": say.name("who_does", clock, place=place or say("Street office")),
        "place": place or say("Not placed"),
        "what": say.name("has_to", clock), "overdue": f"{row['overdue']}",
        "soon": f"{row['due_soon']}", "when": when,
    }  # fmt: skip


def _communities(bulletin: Bulletin) -> list[dict[str, Any]]:
    """Return one line a community; ranked by what was handled in time, of ten cases or more."""
    table = bulletin.figures.set_index(["community", "figure"])
    ranked = table.xs("handled_in_time", level="figure")["value"].where(
        ~table.xs("handled_in_time", level="figure")["few"]
    )
    ranked = ranked.drop(ALL).rank(ascending=False, method="min")
    order = ranked.fillna(len(ranked) + 1).sort_values(kind="stable").index
    names = ("person_times", "places_checked", "problems_found", "received", "overdue",
             "handled_in_time", "coverage")  # fmt: skip
    lines = []
    for code in order:
        cells: dict[str, Any] = {}
        for name in names:
            row = table.loc[code, name]
            cells |= _cell(name, float(row["value"]), few=bool(row["few"]), key=name)
        rank = ABSENT if pd.isna(ranked[code]) else f"{ranked[code]:.0f}"
        lines.append({"rank": rank, "name": bulletin.names.get(code, code), **cells})
    return lines
