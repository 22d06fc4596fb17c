"""The inbox: the list of cases, and beside it the one that is open."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard.ui.frame import Page
from dashboard.views.cases import bulk, case_list, filters, one_case
from dashboard.views.cases.filters import Choices
from governance.cases.desk import DeskQuery
from governance.cases.views import InboxPage

ROWS: Final = 25
"""Cases on a page of the list."""
_AT: Final = "cases_at"


def show(page: Page) -> None:
    """Show which cases are asked for, the list, and the open case beside it."""
    page.office.cases.catch_up(page.actor)
    desk = page.office.case_desk
    people, holders = desk.people(page.actor), desk.holders(page.actor)
    query = filters.choose(page, Choices(desk.communities(page.actor), holders))
    number = _page_number(query)
    found = desk.inbox(page.actor, query, limit=ROWS, offset=number * ROWS)
    opened = case_list.opened()
    with st.container(key="cases_split"):
        left, right = st.columns([5, 7] if opened else [7, 4], gap="medium")
        with left:
            _list(page, found, query, people=people, holders=holders)
        with right:
            if opened is None:
                page.info("Choose a case on the left. J and K go down and up, Enter opens it.")
            else:
                one_case.show(page, opened, people=people, holders=holders)


def _list(
    page: Page, found: InboxPage, query: DeskQuery, *,
    people: Mapping[str, str], holders: Mapping[str, str],
) -> None:  # fmt: skip
    number = _page_number(query)
    if found.rows.empty:
        _nothing(page, query)
        return
    page.caption(
        "{first} to {last} of {count}", first=number * ROWS + 1,
        last=number * ROWS + len(found.rows), count=f"{found.total:,}",
    )  # fmt: skip
    many = bulk.allowed(page)
    above = st.container()
    turn = f"{hash(query)}/{number}"
    chosen = case_list.show(page, found.rows, people=people, turn=turn, many=bool(many))
    if many:
        with above:
            bulk.show(page, chosen, many, holders=holders)
    _offer_pages(page, found, number)


def _offer_pages(page: Page, found: InboxPage, number: int) -> None:
    """Lead to the page before and after, where there are any."""
    last = (found.total - 1) // ROWS
    if not last:
        return

    def go(to: int) -> None:
        st.session_state[_AT] = (st.session_state[_AT][0], to)

    with st.container(horizontal=True, key="cases_pages"):
        st.button(page.say("Page before"), key="cases_before", disabled=number == 0,
                  on_click=go, args=(number - 1,))  # fmt: skip
        st.button(page.say("Next page"), key="cases_next", disabled=number >= last,
                  on_click=go, args=(number + 1,))  # fmt: skip


def _page_number(query: DeskQuery) -> int:
    """Return which page of the list is shown: the first of another query."""
    of, number = st.session_state.get(_AT, (None, 0))
    if of != query:
        number = 0
        st.session_state[_AT] = (query, number)
    return int(number)


def _nothing(page: Page, query: DeskQuery) -> None:
    """Say why nothing is listed and what to do next."""
    narrowed = query != DeskQuery(mine=query.mine, over=query.over)
    if narrowed:
        page.info("No case passes these filters. Clear them, or shorten what you search for.")
    elif query.mine:
        page.success("Nothing waits for you. All open cases are under “Open”.")
    elif query.over:
        page.info("No case has ended yet.")
    else:
        page.info(
            "There is no open case. Leads come in with an import of complaints or adverts, and "
            "each opens one."
        )
