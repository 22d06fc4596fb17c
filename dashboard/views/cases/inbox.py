"""The inbox: the list of cases, and beside it the one that is open."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard.ui import links
from dashboard.ui.frame import Page
from dashboard.ui.table import Paging
from dashboard.ui.task_panel import answer_in_background
from dashboard.views.cases import bulk, case_list, filters, one_case
from dashboard.views.cases.filters import Choices
from data.contracts.case_vocabulary import Stage
from governance.cases.inbox import CaseQuery
from governance.cases.rules.workflow.views import ListPage

_PAGING: Final = Paging("cases", rows=25)


def show(page: Page) -> None:
    """Show which cases are asked for, the list, and the open case beside it."""
    office, actor = page.office, page.actor
    answer_in_background(
        page, ("take in", id(office)), lambda tell: office.cases.catch_up(actor, progress=tell),
        text=page.say("Taking in what came since …"),
    )  # fmt: skip
    inbox = page.office.case_inbox
    people, holders = inbox.people(page.actor), inbox.holders(page.actor)
    query = filters.choose(page, Choices(inbox.communities(page.actor), holders))
    number = _PAGING.number(query)
    found = inbox.page(page.actor, query, limit=_PAGING.rows, offset=number * _PAGING.rows)
    opened = links.opened("case")
    with st.container(key="cases_split"):
        left, right = st.columns([5, 7] if opened else [7, 4], gap="medium")
        with left:
            _list(page, found, query, number, people=people)
        with right:
            if opened is not None:
                one_case.show(page, opened, people=people)
            elif not found.rows.empty:
                page.info("Choose a case on the left. J and K go down and up, Enter opens it.")


def _list(
    page: Page, found: ListPage, query: CaseQuery, number: int, *, people: Mapping[str, str]
) -> None:  # fmt: skip
    if found.rows.empty:
        _nothing(page, query)
        return
    _PAGING.tell(page, number, shown=len(found.rows), total=found.total)
    many = bulk.allowed(page)
    above = st.container()
    turn = f"{hash(query)}/{number}"
    chosen = case_list.show(page, found.rows, people=people, turn=turn, many=bool(many))
    if many:
        with above:
            holders = page.office.case_inbox.holders(page.actor, stage=Stage.ASSIGNED)
            bulk.show(page, chosen, many, holders=holders)
    _PAGING.offer(page, query, number, total=found.total)


def _nothing(page: Page, query: CaseQuery) -> None:
    """Say why nothing is listed and what to do next."""
    narrowed = query != CaseQuery(for_actor=query.for_actor, over=query.over)
    if narrowed:
        page.info("No case passes these filters. Clear them, or shorten what you search for.")
    elif query.for_actor:
        page.success("Nothing waits for you. All open cases are under “Open”.")
    elif query.over:
        page.info("No case has ended yet.")
    else:
        page.info(
            "There is no open case. Leads come in with an import of complaints or adverts, and "
            "each opens one."
        )
