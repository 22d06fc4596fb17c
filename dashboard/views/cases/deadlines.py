"""The table of deadlines: by channel and nature, each with its source, changed by who may."""

from dataclasses import asdict
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from data.contracts.case_vocabulary import Channel, ClockKind
from governance.cases.rules.deadlines import MOST_DAYS, UNITS, Deadline

_CHOSEN: Final = "deadline_chosen"
NATURES: Final = ("咨询", "求助", "投诉", "举报", "建议")
COLUMNS: Final = (
    Column("clock", kind="case_clock", header="Clock"),
    Column("channel", kind="lead_channel", header="Channel", empty="any"),
    Column("nature", kind="lead_nature", header="Nature", empty="any"),
    Column("days", header="Within"),
    Column("unit", kind="deadline_unit", header="Days of"),
    Column("extend_days", header="Extended by at most"),
    Column("source", header="Who says so"),
    Column("own", kind="deadline_own", header="Of this office"),
)


def show(page: Page) -> None:
    """List the deadlines that hold; a chosen one, or a new one, is written down for this office."""
    say = page.say
    page.caption(
        "Of several that fit a lead the most special one holds. A change counts for clocks that "
        "begin after it; those that run keep their end."
    )
    rows = page.office.cases.deadlines(page.actor)
    shown = pd.DataFrame([asdict(each) for each in rows])
    shown["own"] = shown["own"].map({True: "own", False: "shipped"})

    def choose(place: int) -> None:
        st.session_state[_CHOSEN] = rows[place]

    table.table(page, shown, COLUMNS, key="deadlines", search=False, pick=choose,
                export=say("Deadlines of cases"))  # fmt: skip
    page.subheader("Change or add a deadline")
    page.caption("Choose a line to begin from it.")
    _form(page, st.session_state.get(_CHOSEN, rows[0]))


def _form(page: Page, begun: Deadline) -> None:
    """Ask for a deadline; it replaces the one of the same clock, channel and nature."""
    say = page.say
    key = f"deadline_{begun.clock}_{begun.channel}_{begun.nature}"
    channels = {"": say("any"), **say.names("lead_channel", Channel)}
    natures = {"": say("any"), **say.names("lead_nature", NATURES)}
    with st.form(f"form_{key}"):
        first, second, third = st.columns(3)
        clocks, units = say.names("case_clock", ClockKind), say.names("deadline_unit", UNITS)
        told: dict[str, Any] = {
            "clock": _one(say("Clock"), clocks, begun.clock, first, key),
            "channel": _one(say("Channel"), channels, begun.channel, second, key),
            "nature": _one(say("Nature"), natures, begun.nature, third, key),
            "days": first.number_input(say("Within"), 0, MOST_DAYS, begun.days, key=f"{key}_days"),
            "unit": _one(say("Days of"), units, begun.unit, second, key),
            "extend_days": third.number_input(
                say("Extended by at most"), 0, MOST_DAYS, begun.extend_days, key=f"{key}_extend"
            ),
            "source": st.text_input(say("Who says so"), begun.source, key=f"{key}_source"),
            "since": page.office.clock.today().isoformat(),
        }
        if st.form_submit_button(say("Save this deadline"), type="primary", key=f"{key}_save"):
            change.make(
                page,
                lambda: page.office.cases.set_deadline(page.actor, Deadline(**told)),
                done=say("The deadline is saved; clocks that begin from now on go by it."),
            )


def _one(label: str, names: dict[str, str], begun: str, at: Any, key: str) -> str:  # noqa: ANN401 -- a column
    """Ask for one of several, beginning with what it was."""
    index = list(names).index(begun) if begun in names else 0
    return pick.one(label, names, key=f"{key}_{label}", at=at, index=index)
