"""下属单位概览: what the offices below tell of themselves, as figures; no row of any is here."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.charts import offices as charts
from dashboard.documents.columns import LOCALIZED, MINUTE, PERCENT, Column
from dashboard.ui import chart, parts, pick, table
from dashboard.ui.frame import Page
from data.results.roll_ups import COUNTS, Figures, total
from governance.overview.roll_ups import OfficeBelow

_COLUMNS: Final = (
    Column("office_name"),
    Column("roll_up", kind="roll_up"),
    Column("told_at", format=MINUTE),
    Column("offices", optional=True),
    Column("buildings"),
    Column("expected_finds", format=LOCALIZED, digits=1),
    Column("expected_low", format=LOCALIZED, digits=1),
    Column("expected_high", format=LOCALIZED, digits=1),
    Column("complaints_28"),
    Column("cases_received"),
    Column("cases_open"),
    Column("cases_overdue"),
    Column("covered_share", format=PERCENT),
    Column("visits_overdue"),
    Column("at_most", kind="roll_up_count", optional=True),
)
_TRENDS: Final = ("expected", "complaints", "cases_open", "cases_overdue", "visits_overdue")


def show(page: Page) -> None:
    """Show the figures of every office below, their sum, their course and where they lie."""
    st.title(page.say.name("page", "offices"))
    with page.telling_failures():
        offices = page.office.roll_ups.below(page.actor)
        if not offices:
            page.info("No office is below this one.")
            return
        page.caption(
            "Figures that each office tells once an hour; no row of theirs can be seen from here."
        )
        newest = [each.newest for each in offices if each.newest is not None]
        _show_sums(page, newest, offices)
        table.table(
            page, _rows(page, offices), _COLUMNS, key="offices",
            export=page.say("Offices below"), search=False,
        )  # fmt: skip
        page.caption(
            "A count of 1 to 4 is not told: it and sums that hold it stand here as their upper "
            "ends, named in the last column."
        )
        if newest:
            _show_course(page, offices)


def _show_sums(page: Page, newest: Sequence[Figures], offices: Sequence[OfficeBelow]) -> None:
    say, together = page.say, total(newest)
    interval = f"{together.expected_low:,.1f} – {together.expected_high:,.1f}"
    silent = len(offices) - len(newest)
    missing = say("{count} offices told nothing", count=silent) if silent else ""
    figures = [
        parts.Figure(say("Offices below"), f"{len(offices)}", missing),
        parts.Figure(say.name("column", "buildings"), count_text(together, "buildings")),
        parts.Figure(
            say.name("column", "expected_finds"), f"{together.expected:,.1f}", interval,
            say("If every building were visited in full; the ends of all intervals added up."),
        ),
        parts.Figure(say.name("column", "cases_open"), count_text(together, "cases_open")),
        parts.Figure(say.name("column", "cases_overdue"), count_text(together, "cases_overdue")),
        parts.Figure(say.name("column", "visits_overdue"), count_text(together, "visits_overdue")),
    ]  # fmt: skip
    parts.show_figures(figures, key="offices")


def count_text(figures: Figures, name: str) -> str:
    """Return a count as people read it: a number, or the range in which it lies."""
    count = getattr(figures, name)
    return f"{count.low:,}" if count.low == count.high else f"{count.low:,}–{count.high:,}"


def _rows(page: Page, offices: Sequence[OfficeBelow]) -> pd.DataFrame:
    rows = []
    for each in offices:
        row: dict[str, Any] = {"office_name": each.name, "roll_up": each.problem or "told"}
        if each.told_at is not None:
            row["told_at"] = page.office.clock.to_local(each.told_at)
        rows.append(row | _figure_columns(each.newest))
    return pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])


def _figure_columns(figures: Figures | None) -> dict[str, Any]:
    """Return the figures of an office by column; none where it told none."""
    if figures is None:
        return {}
    due, visited = figures.visits_due, figures.visited
    counts = {
        "complaints_28" if name == "complaints" else name: getattr(figures, name).high
        for name in COUNTS
    }
    return {
        **counts,
        "offices": figures.offices,
        "expected_finds": figures.expected if figures.scored else None,
        "expected_low": figures.expected_low if figures.scored else None,
        "expected_high": figures.expected_high if figures.scored else None,
        "covered_share": min(1.0, visited.high / due.high) if due.high else None,
        "at_most": [
            name for name in COUNTS if getattr(figures, name).low < getattr(figures, name).high
        ],
    }


def _show_course(page: Page, offices: Sequence[OfficeBelow]) -> None:
    """Show one figure of all offices over the weeks, and where they lie."""
    names = {name: page.say.name("roll_up_count", name) for name in _TRENDS}
    chosen = pick.switch(page.say("Figure"), names, key="offices_figure", default=_TRENDS[0])
    rows = [
        {"week": week, "name": each.name, "value": _value(figures, chosen)}
        for each in offices
        for week, figures in sorted(each.weeks.items())
    ]
    page.subheader("Week by week")
    chart.show(charts.weeks(rows, title=names[chosen]), key="offices_weeks")
    placed = [each for each in offices if each.outline and each.newest is not None]
    if placed:
        page.subheader("Where they lie")
        values = [(each.name, each.outline, _value(each.newest, chosen)) for each in placed]
        chart.show(charts.outlines(values, title=names[chosen]), key="offices_map")


def _value(figures: Figures | None, name: str) -> float | None:
    if figures is None:
        return None
    return figures.expected if name == "expected" else getattr(figures, name).high
