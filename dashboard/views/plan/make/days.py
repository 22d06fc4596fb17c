"""What kind of days those of a plan are, in words; what nobody has announced is unknown."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import day_text, listed
from dashboard.ui.frame import Page


def show(page: Page, first: date, last: date) -> None:
    """List the days from the first to the last, each with what it is."""
    say = page.say
    days = page.office.calendar.days(page.actor, first, last)
    st.subheader(say("What kind of days"))
    rows = [(day_text(row.day, say=say), words_of(row, say=say)) for row in _rows(days)]
    lines = "".join(
        f"<tr><th scope='row'>{escape(day)}</th><td>{escape(listed(told, say=say))}</td></tr>"
        for day, told in rows
    )
    heads = "".join(
        f"<th scope='col'>{escape(text)}</th>" for text in (say("Day"), say("What it is"))
    )
    st.html(
        f'<table class="gw-coverage gw-days"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table>"
    )
    if days["school_break"].isna().any():
        st.caption(say("Whether school is on is unknown for some of these days: enter terms, "
                       "breaks and exams under “Calendar”. Until then the plan takes them for "
                       "ordinary days."))  # fmt: skip
    if days["is_rest_day"].isna().any():
        st.caption(say("The holidays of that year are not announced yet, or not entered; weekends "
                       "are taken for days of rest."))  # fmt: skip


def words_of(day: Any, *, say: Translator) -> list[str]:  # noqa: ANN401 -- a row of itertuples
    """Return everything that is known about a day, and what is not.

    Parameters
    ----------
    day
        Columns of :data:`data.calendars.calendar.DAY_COLUMNS`, and ``name`` of what it is part of.
    say
        Wording.
    """
    school = say("school unknown") if pd.isna(day.school_break) else (
        say("school break") if day.school_break else say("school is on")
    )  # fmt: skip
    exam = [say("shortly before exams")] if _true(day.before_exam) else []
    name = [str(day.name)] if getattr(day, "name", "") else []
    return [_work(day, say=say), *name, school, *exam]


def _work(day: Any, *, say: Translator) -> str:  # noqa: ANN401 -- as above
    if pd.isna(day.is_rest_day):
        return say("holidays unknown")
    if _true(day.is_holiday):
        return say("public holiday")
    if _true(day.is_makeup_workday):
        return say("worked in exchange for a holiday")
    return say("day of rest") if day.is_rest_day else say("working day")


def _true(value: Any) -> bool:  # noqa: ANN401 -- true, false or unknown
    return not pd.isna(value) and bool(value)


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))
