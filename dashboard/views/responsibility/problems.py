"""What is wrong with the duties of a day, as a list of work: counted, searched, sorted."""

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, columns_of
from dashboard.i18n.patrol import listed
from dashboard.ui import parts, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.parts import Figure
from dashboard.ui.sections import chain_cards
from governance.responsibility.resolve import DUTIES, LEFT, OVERLAP, PROBLEMS

CHAIN_UNIT = "chain_unit"
COLUMNS = (
    Column("problem", source="kind", kind="duty_problem"),
    Column("duty", kind="duty"),
    *columns_of("name", "grid_code", "person", "detail", "building_id"),
)


def show(page: Page) -> None:
    """Count the problems by kind and list them; a chosen row opens the building's chain."""
    say = page.say
    work = page.office.responsibility.work(page.actor)
    if not work.buildings:
        page.info("There are no buildings yet. Import buildings, grids and staff first.")
        return
    kinds = say.names("duty_problem", PROBLEMS).items()
    figures = [Figure(name, f"{work.counts.get(kind, 0):,}") for kind, name in kinds]
    parts.show_figures(figures, key="work")
    page.caption("{buildings} buildings, as of {day}.", buildings=work.buildings, day=work.on)
    if work.rows.empty:
        page.success("Every duty has exactly one person who is there, and every pledge is in.")
        return
    rows = _choose(page, _with_details(page, work.rows))
    if rows.empty:
        page.info("Nothing matches. Shorten what you search for or widen the filters.")
        return
    page.caption("Choose a row to see the building's chain and to set the duty there.")
    table.table(
        page,
        rows,
        COLUMNS,
        key="duty_work",
        export=say("Duties to settle {day}", day=work.on),
        pick=lambda place: st.session_state.update({CHAIN_UNIT: rows["building_id"][place]}),
    )
    if picked := st.session_state.get(CHAIN_UNIT):
        _show_chain(page, str(picked))


def _with_details(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """Tell in words who else is named, and whom the staff do not have."""
    say, staff = page.say, page.office.responsibility.staff(page.actor)
    names = dict(zip(staff["person_id"], staff["name"], strict=True))

    def in_words(kind: str, detail: str) -> str:
        if kind == OVERLAP:
            others = listed((names.get(each) or each for each in detail.split(";")), say=say)
            return say("also named: {others}", others=others)
        return say("not among the staff") if kind == LEFT and detail else detail

    details = [in_words(*each) for each in zip(rows["kind"], rows["detail"], strict=True)]
    return rows.assign(detail=details)


def _choose(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """Ask which kinds and duties to list; all where nothing is chosen."""
    say = page.say
    present = {*rows["kind"].unique(), *rows["duty"].unique()}
    kinds = say.names("duty_problem", [kind for kind in PROBLEMS if kind in present])
    duties = say.names("duty", [duty.value for duty in DUTIES if duty in present])
    left, right = st.columns(2)
    linked = st.query_params.get("kind", "")  # a line of the start page opens just what it counts
    key = f"duty_kinds_{linked}" if linked else "duty_kinds"
    chosen = pick.filters(say("Kind of problem"), kinds, key=key, at=left, default=linked)
    wanted = pick.filters(say("Duty"), duties, key="duty_duties", at=right)
    if len(chosen) == len(kinds) and len(wanted) == len(duties):
        return rows
    return rows[rows["kind"].isin(chosen) & rows["duty"].isin(wanted)].reset_index(drop=True)


def _show_chain(page: Page, unit: str) -> None:
    """Show a building's chain under the list, with the way to where it is changed."""
    chain = page.office.responsibility.chain(page.actor, unit)
    with st.container(border=True):
        page.heading(chain.name or unit)
        chain_cards.show_chain(page, chain)
        chain_cards.offer_change(page, unit, key="chain_change")
