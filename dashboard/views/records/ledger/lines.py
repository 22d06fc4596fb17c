"""The list of the ledger: asked for in filters and words, sorted, a page at a time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from dashboard.documents.columns import Column
from dashboard.documents.reports.ledger import LINES, as_shown, ledger_workbook
from dashboard.server.routes import ledger_url
from dashboard.ui import frame, links, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.table import Paging
from dashboard.views.records.ledger import enter, one_line
from data.contracts.ledger_vocabulary import InReason, LedgerKind, LedgerStatus, LedgerTier
from data.store.repositories.records.ledger_lists import LedgerQuery
from governance.access.permissions import Action, may
from governance.cases.rules.workflow.views import ListPage

_PAGING: Final = Paging("ledger", rows=25)
_SORTS: Final = ("next", "newest", "oldest", "tier", "ledger_no")
_SHOWN: Final = ("shown", "tier", "status", "next_on", "community_name", "in_reason", "days_on",
                 "last_on", "cadence", "owner", "ledger_no", "kind", "in_on")  # fmt: skip
COLUMNS: Final[tuple[Column, ...]] = tuple(
    next(each for each in LINES if each.name == name) for name in _SHOWN
)
_OVERDUE: Final = "overdue"


def show(page: Page) -> None:
    """Show one line where one is open, else the list."""
    opened = links.opened("line")
    if opened:
        one_line.show(page, opened)
        return
    query = _choose(page)
    number = _PAGING.number(query)
    part = replace(query, limit=_PAGING.rows, offset=number * _PAGING.rows)
    found = page.office.ledger.lines(page.actor, part)
    people = dict(page.office.case_inbox.people(page.actor)) if _names(page) else {}
    _list(page, found, query, number, people=people)
    _offer_files(page, query, found)
    if may(page.actor, Action.EDIT_LEDGER):
        enter.show(page)


def _names(page: Page) -> bool:
    return may(page.actor, Action.SEE_CASES)


def _list(
    page: Page, found: ListPage, query: LedgerQuery, number: int, *, people: dict[str, str]
) -> None:
    if found.rows.empty:
        if page.office.ledger.lines(page.actor, LedgerQuery(limit=1)).total:
            page.info("No line passes these filters. Clear them, or shorten what you search for.")
        else:
            page.info("Nothing is on the ledger now. What the rules propose is under “To decide”.")
        return
    _PAGING.tell(page, number, shown=len(found.rows), total=found.total)
    rows = as_shown(found.rows, people)

    def choose(place: int) -> None:
        links.open_here("line", str(rows["ledger_no"].iloc[place]))

    table.table(page, rows, COLUMNS, key=f"ledger_lines_{number}", search=False, pick=choose,
                height_px=940)  # fmt: skip
    _PAGING.offer(page, query, number, total=found.total)


def _choose(page: Page) -> LedgerQuery:
    """Ask for words, filters and the order, and return what is asked for."""
    say = page.say
    counts = page.office.ledger.counts(page.actor)
    with st.container(key="ledger_filters"):
        left, right, more = st.columns([4, 2, 1.4], vertical_alignment="bottom")
        search = left.text_input(
            say("Search the ledger"), key="ledger_search",
            placeholder=say("number, address or name"),
        )  # fmt: skip
        sort = pick.one(say("Order of the list"), say.names("ledger_sort", _SORTS),
                        key=frame.translated("ledger_sort"), at=right)  # fmt: skip
        statuses = {
            each: f"{say.name('ledger_status', each)} {counts.get(each, 0):,}"
            for each in LedgerStatus
            if counts.get(each)
        }
        with more.popover(say("Filters"), width="stretch"):
            narrowed = _narrowed(page)
        label = say("visit overdue {count}", count=counts["overdue"])
        chosen = st.pills(
            say("Where it stands"), [*statuses, _OVERDUE], selection_mode="multi", wrap=True,
            format_func=lambda code: statuses.get(code, label), key="ledger_statuses",
            label_visibility="collapsed",
        )  # fmt: skip
    return LedgerQuery(
        statuses=tuple(each for each in chosen if each != _OVERDUE),
        search=search.strip(), sort=sort,  # type: ignore[arg-type]
        overdue_on=page.office.clock.today() if _OVERDUE in chosen else None,
        **narrowed,
    )  # fmt: skip


def _narrowed(page: Page) -> dict[str, Any]:
    """Ask for the filters of which several can be set."""
    say = page.say
    options: dict[str, tuple[str, Mapping[str, str]]] = {
        "tiers": (say("Tier"), say.names("tier", LedgerTier)),
        "reasons": (say("Reason"), say.names("ledger_reason", InReason)),
        "kinds": (say("About"), say.names("ledger_kind", LedgerKind)),
        "communities": (say("Community"), page.office.ledger.communities(page.actor)),
    }
    found = pick.several(page, options, key="ledger")
    st.button(say("Clear the filters"), key="ledger_clear", on_click=_clear)
    return found


def _clear() -> None:
    for name in ("tiers", "reasons", "kinds", "communities", "statuses"):
        st.session_state[f"ledger_{name}"] = []
    st.session_state["ledger_search"] = ""


def _offer_files(page: Page, query: LedgerQuery, found: ListPage) -> None:
    """Offer what is asked for as a workbook and to print, to who may export."""
    if not found.total or not may(page.actor, Action.EXPORT) or not _names(page):
        return
    say = page.say
    with st.container(horizontal=True, key="ledger_files"):
        st.download_button(
            say("Download as Excel"),
            data=lambda: ledger_workbook(page.office, page.actor, query, say=say),
            file_name=f"{say('Ledger of key places')}.xlsx", on_click="ignore",
            key="ledger_excel",
        )  # fmt: skip
        st.link_button(say("Print on A4"), ledger_url(query, say.language))
