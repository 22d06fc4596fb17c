"""The calendar behind plans and scores: what the office enters, what was shipped and unknown."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.ui import change, table
from dashboard.ui.frame import Page
from data.calendars.calendar import HOLIDAYS_UNKNOWN, SCHOOL_TERM_UNKNOWN
from data.calendars.read import KINDS, Span
from governance.access.permissions import Action, may
from governance.patrols.routing.model.plan import LONGEST_DAYS

_YEARS_AHEAD = 2
_EDITOR = "days_own"
COLUMNS = (
    Column("first", header="First day", format=DAY),
    Column("last", header="Last day", format=DAY),
    Column("kind", kind="day_kind", header="What it is"),
    Column("name", header="What it is called"),
    Column("source", header="Source"),
)


def show(page: Page) -> None:
    """Show the office's own days in an editor, then the shipped ones with their source."""
    spans = page.office.calendar.spans(page.actor)
    entered = spans["own"].astype(bool)
    _tell_unknown(page)
    page.subheader("Entered here")
    page.caption(
        "Terms, school breaks and exams are set locally: enter them as announced. When "
        "the next year's holidays are announced, enter them and a row “announced” for "
        "the whole year."
    )
    _show_entered(
        page, _days(spans[entered]), version=change.begun_from(_EDITOR, spans.attrs.get("version"))
    )
    page.subheader("Shipped with the program")
    shipped = _days(spans[~entered])
    from_year = page.office.clock.today().year
    shipped = shipped[[last.year >= from_year for last in shipped["last"]]]
    table.table(page, shipped, COLUMNS, key="days_shipped", search=False, height_px=360)


def _tell_unknown(page: Page) -> None:
    """Say of which years the holidays are unknown, and whether terms are for the coming plans."""
    say, gaps = page.say, page.office.calendar.gaps
    today = page.office.clock.today()
    ahead = gaps(page.actor, date(today.year, 1, 1), date(today.year + _YEARS_AHEAD, 12, 31))
    codes = [code.rpartition("_") for code in ahead]
    if years := [year for code, _, year in codes if code == HOLIDAYS_UNKNOWN]:
        page.info(
            "Holidays not known yet for: {years}. Days of these years are said to be "
            "unknown; weekends are taken for days of rest.",
            years=say(", ").join(years),
        )
    soon = gaps(page.actor, today, today + timedelta(days=LONGEST_DAYS))
    if SCHOOL_TERM_UNKNOWN in soon:
        st.info(say.name("plan_note", SCHOOL_TERM_UNKNOWN))


def _show_entered(page: Page, days: pd.DataFrame, *, version: str | None) -> None:
    say = page.say
    if not may(page.actor, Action.MAKE_PLAN):
        table.table(page, days, COLUMNS, key="days_entered", search=False)
        return
    if days.empty:
        page.caption(
            "Nothing is entered yet. Click into the empty row to begin; remove rows by "
            "choosing them at the left."
        )
    names = {say.name("day_kind", kind): kind for kind in KINDS}
    shown = days.assign(
        first=pd.to_datetime(days["first"]),
        last=pd.to_datetime(days["last"]),
        kind=[say.name("day_kind", str(kind)) for kind in days["kind"]],
    ).astype({"kind": "str", "name": "str", "source": "str"})
    headers = {column.name: column.header_in(say) for column in COLUMNS}
    config: dict[str, Any] = {
        **headers,
        "first": st.column_config.DateColumn(headers["first"], format="YYYY-MM-DD", required=True),
        "last": st.column_config.DateColumn(headers["last"], format="YYYY-MM-DD", required=True),
        "kind": st.column_config.SelectboxColumn(
            headers["kind"], options=list(names), required=True
        ),
    }
    edited = st.data_editor(
        shown.reset_index(drop=True), num_rows="dynamic", hide_index=True, column_config=config,
        key=_EDITOR, width="stretch",
    )  # fmt: skip
    if st.button(say("Save the calendar"), type="primary", key="days_save"):
        _save(page, edited, names, version=version)


def _save(page: Page, edited: pd.DataFrame, names: dict[str, str], *, version: str | None) -> None:
    whole = edited.dropna(subset=["first", "kind"])

    def save() -> None:
        spans = [_span(row, names) for row in whole.itertuples(index=False)]
        page.office.calendar.save(page.actor, spans, version=version)
        st.session_state.pop(_EDITOR, None)

    done = page.say("Saved. The next plan and the next score go by it.")
    change.make(page, save, done=done)


def _span(row: Any, names: dict[str, str]) -> Span:  # noqa: ANN401 -- a row of itertuples
    first = _plain_day(row.first)
    last = first if pd.isna(row.last) else _plain_day(row.last)
    return Span(first=first, last=last, kind=names[str(row.kind)], name=_text(row.name),
                source=_text(row.source))  # fmt: skip


def _days(spans: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that people see, with plain days."""
    return spans[[column.name for column in COLUMNS]].assign(
        first=[_plain_day(each) for each in spans["first"]],
        last=[_plain_day(each) for each in spans["last"]],
    )


def _plain_day(value: Any) -> date:  # noqa: ANN401 -- a day or a time
    return pd.Timestamp(value).date()


def _text(value: Any) -> str:  # noqa: ANN401 -- a cell of the editor
    return "" if value is None or pd.isna(value) else str(value).strip()
