"""Who did what: the log, whether it is whole, and a file of it."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.i18n import Translator
from dashboard.ui import frame, table
from dashboard.ui.frame import Page

_MOST = 1_000


def show(page: Page) -> None:
    """Show the state of the log, then the events of a person, an action, a span of days."""
    say = page.say
    _show_state(page)
    asked = _asked(page)
    events = page.office.audit.log(page.actor, **asked, limit=_MOST)
    if events.empty:
        st.info(say("Nothing was done that is like this."))
        return
    table.table(page, events, _columns(say), key="audit_table", search=False)
    if len(events) >= _MOST:
        st.caption(say("The newest {n} are shown; the file has all.", n=_MOST))
    with st.container(horizontal=True):
        for ending in ("xlsx", "csv"):
            st.download_button(
                say("Download as {kind}", kind=ending.upper()),
                data=partial(_file, page, ending, asked),
                file_name=f"audit.{ending}",
                on_click="ignore",
                key=f"audit_{ending}",
            )


def _columns(say: Translator) -> tuple[Column, ...]:
    return (
        Column("number", header=say("No.")),
        Column("at", header=say("When"), format=MINUTE),
        Column("person", header=say("Who")),
        Column("action", kind="action", header=say("Action")),
        Column("facts", header=say("Facts")),
    )


def _show_state(page: Page) -> None:
    say = page.say
    state = page.office.audit.state(page.actor)
    if state.unbroken:
        st.success(
            say("The log is whole: {events} events, each sealed with the one before.",
                events=f"{state.events:,}")
        )  # fmt: skip
    else:
        st.error(
            say("The log was changed. Run “gridwarden verify” and keep the workspace as it is.")
        )
        for problem in state.problems:
            st.markdown(f"- {say.name('problem', problem.code)}: {dict(problem.facts)}")
    facts = []
    if state.first is not None:
        facts.append(say("since {day}", day=f"{state.first:%Y-%m-%d}"))
    if state.pruned:
        facts.append(say("{n} older ones were taken out when due", n=f"{state.pruned:,}"))
    if state.seal:
        facts.append(say("newest seal {seal}", seal=str(state.seal)[:16]))
    st.caption(" · ".join(facts))


def _asked(page: Page) -> dict[str, Any]:
    """Ask whose, which and when."""
    say = page.say
    events = page.office.audit.log(page.actor, limit=_MOST)
    people = sorted({str(person) for person in events["person"]})
    actions = sorted({str(action) for action in events["action"]})
    who, what, when = st.columns([1, 1, 1])
    person = who.selectbox(
        say("Who"), ["", *people], format_func=lambda each: each or say("everybody"),
        key=frame.translated("audit_person"),
    )  # fmt: skip
    action = what.selectbox(
        say("Action"),
        ["", *actions],
        format_func=lambda code: say.name("action", code) if code else say("everything"),
        key=frame.translated("audit_action"),
    )
    since, until = _span(when.date_input(say("From – to"), value=[], key="audit_days"))
    return {"person": person or None, "action": action or None, "since": since, "until": until}


def _span(days: Any) -> tuple[date | None, date | None]:  # noqa: ANN401 -- one day, two or none
    chosen = tuple(days) if isinstance(days, tuple | list) else (days,)
    return (chosen[0] if chosen else None, chosen[-1] if chosen else None)


def _file(page: Page, ending: str, asked: dict[str, Any]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"audit.{ending}"
        page.office.audit.export(page.actor, path, **asked)
        return path.read_bytes()
