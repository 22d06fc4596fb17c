"""The table of the deadlines of notices, each with its source, changed by who may."""

from dataclasses import asdict
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from data.contracts.notice_vocabulary import NoticeClock, NoticeKind
from governance.access.permissions import Action, may
from governance.records.notices.rules.deadlines import MOST, UNITS, NoticeDeadline

_CHOSEN: Final = "notice_deadline_chosen"
COLUMNS: Final = (
    Column("clock", kind="notice_clock", header="Clock"),
    Column("kind", kind="notice_kind", header="Kind", empty="any"),
    Column("days", header="Within"),
    Column("unit", kind="deadline_unit", header="Days of"),
    Column("source", header="Who says so"),
    Column("since", header="Since"),
    Column("own", kind="deadline_own", header="Of this office"),
)


def show(page: Page) -> None:
    """List the deadlines that hold; a chosen one, or a new one, is written down for this office."""
    say = page.say
    page.caption(
        "Of two that fit a notice the one of its kind holds. A change counts for clocks that begin "
        "after it; those that run keep their end."
    )
    rows = page.office.notice_desk.deadlines(page.actor)
    shown = pd.DataFrame([asdict(each) for each in rows])
    shown["own"] = shown["own"].map({True: "own", False: "shipped"})
    changes = may(page.actor, Action.APPROVE_NOTICES)

    def choose(place: int) -> None:
        st.session_state[_CHOSEN] = rows[place]

    table.table(page, shown, COLUMNS, key="notice_deadlines", search=False,
                pick=choose if changes else None, export=say("Deadlines of notices"))  # fmt: skip
    if changes:
        page.subheader("Change or add a deadline")
        page.caption("Choose a line to begin from it.")
        _form(page, st.session_state.get(_CHOSEN, rows[0]))


def _form(page: Page, begun: NoticeDeadline) -> None:
    """Ask for a deadline; it replaces the one of the same clock and kind."""
    say = page.say
    key = f"notice_deadline_{begun.clock}_{begun.kind}"
    kinds = {"": say("any"), **say.names("notice_kind", NoticeKind)}
    with st.form(f"form_{key}"):
        first, second = st.columns(2)
        told: dict[str, Any] = {
            "clock": _one(say("Clock"), say.names("notice_clock", NoticeClock), begun.clock, first,
                          key),
            "kind": _one(say("Kind"), kinds, begun.kind, second, key),
            "days": first.number_input(say("Within"), 0, MOST, begun.days, key=f"{key}_days"),
            "unit": _one(say("Days of"), say.names("deadline_unit", UNITS), begun.unit, second,
                         key),
            "source": st.text_input(say("Who says so"), begun.source, key=f"{key}_source"),
            "since": page.office.clock.today().isoformat(),
        }  # fmt: skip
        if st.form_submit_button(say("Save this deadline"), type="primary", key=f"{key}_save"):
            change.make(
                page,
                lambda: page.office.notice_desk.set_deadline(page.actor, NoticeDeadline(**told)),
                done=say("The deadline is saved; clocks that begin from now on go by it."),
            )


def _one(label: str, names: dict[str, str], begun: str, at: Any, key: str) -> str:  # noqa: ANN401 -- a column
    index = list(names).index(begun) if begun in names else 0
    return pick.one(label, names, key=f"{key}_{label}", at=at, index=index)
