"""What an empty workspace says: what to do first, and the button that does it."""

import pandas as pd
import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.ui.sections.score import score_form, scoring_state
from governance.access.permissions import Action, may, require_whole

# In the order in which a table makes the map better; the first two place everything else.
_WANTED = ("buildings", "grids", "complaints", "rentals", "inspections", "violations")


def show(page: Page) -> None:
    """Say which tables are there, which are missing and what the next step is."""
    say = page.say
    tables = page.office.imports.tables(page.actor).set_index("table")["rows"]
    page.header(say("Three steps to the first map"))
    st.markdown(
        "\n".join(
            [
                say("1. **Import** what the office already has: buildings and grids first, then "
                    "complaints, rentals, inspections, violations. Excel files as they are."),
                say("2. **Score**: by itself, soon after the last import, or by one button.")
                if page.office.automatic_scoring.state(page.actor).at_work
                else say("2. **Score**: one button; takes seconds."),
                say("3. **Look**: the map says where to look first and why."),
            ]
        )
    )  # fmt: skip
    scoring_state.show(page)
    _show_tables(page, tables)
    if not may(page.actor, Action.IMPORT):
        page.info("Whoever brings files in here starts; you will see the map when it is scored.")
        return
    with page.telling_failures():
        require_whole(page.actor, Action.IMPORT)
        if st.button(say("Go to Import"), type="primary" if not tables.sum() else "secondary"):
            missing = [table for table in _WANTED if not tables.get(table, 0)]
            frame.go(page, "importing", table=next(iter(missing), ""))
        if tables.sum() and may(page.actor, Action.SCORE):
            score_form.show(page)


def _show_tables(page: Page, tables: pd.Series) -> None:
    """List the wanted tables with how many rows each has."""
    say = page.say
    page.subheader("What is there")
    lines = []
    for table in _WANTED:
        rows = int(tables.get(table, 0))
        mark = say("{rows} rows", rows=rows) if rows else say("nothing yet")
        lines.append(f"{'✔' if rows else '○'} **{say.name('table', table)}** — {mark}")
    st.markdown("  \n".join(lines))
