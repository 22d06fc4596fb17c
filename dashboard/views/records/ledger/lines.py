"""The list of the ledger: asked for in filters and words, sorted, a page at a time."""

from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard.documents.columns import Column
from dashboard.documents.reports.ledger import LINES, as_shown, ledger_workbook
from dashboard.server.routes import ledger_url
from dashboard.ui import frame, pick, table
from dashboard.ui.frame import Page
from dashboard.views.records.ledger import enter, one_line
from data.contracts.ledger_vocabulary import InReason, LedgerKind, LedgerStatus, LedgerTier
from data.store.repositories.records.ledger_lists import LedgerQuery
from governance.access.permissions import Action, may
from governance.records.ledger.views import LedgerPage

_ROWS: Final = 25
_AT: Final = "ledger_at"
_SORTS: Final = ("next", "newest", "oldest", "tier", "ledger_no")
_SHOWN: Final = ("shown", "tier", "status", "next_on", "community_name", "in_reason", "days_on",
                 "last_on", "cadence", "owner", "ledger_no", "kind", "in_on")  # fmt: skip
COLUMNS: Final[tuple[Column, ...]] = tuple(
    next(each for each in LINES if each.name == name) for name in _SHOWN
)
_OVERDUE: Final = "overdue"


def show(page: Page) -> None:
    """Show one line where one is open, else the list."""
    opened = st.query_params.get("line")
    if opened:
        one_line.show(page, opened)
        return
    query = _choose(page)
    number = _page_number(query)
    found = page.office.ledger.lines(page.actor, replace(query, limit=_ROWS, offset=number * _ROWS))
    people = dict(page.office.case_desk.people(page.actor)) if _names(page) else {}
    _list(page, found, number, people=people)
    _offer_files(page, query, found)
    if may(page.actor, Action.EDIT_LEDGER):
        enter.show(page)


def _names(page: Page) -> bool:
    return may(page.actor, Action.SEE_CASES)


def _list(page: Page, found: LedgerPage, number: int, *, people: dict[str, str]) -> None:
    if found.rows.empty:
        page.info("No line passes these filters. Clear them, or shorten what you search for.")
        return
    page.caption(
        "{first} to {last} of {count}", first=number * _ROWS + 1,
        last=number * _ROWS + len(found.rows), count=f"{found.total:,}",
    )  # fmt: skip
    rows = as_shown(found.rows, people)

    def choose(place: int) -> None:
        st.query_params["line"] = str(rows["ledger_no"].iloc[place])

    table.table(page, rows, COLUMNS, key=f"ledger_lines_{number}", search=False, pick=choose,
                height_px=940)  # fmt: skip
    _pages(page, number, found.total)


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
            tiers = pick.some(say("Tier"), say.names("tier", LedgerTier), none=say("all"),
                              key=frame.translated("ledger_tiers"))  # fmt: skip
            reasons = pick.some(say("Reason"), say.names("ledger_reason", InReason),
                                none=say("all"),
                                key=frame.translated("ledger_reasons"))  # fmt: skip
            kinds = pick.some(say("About"), say.names("ledger_kind", LedgerKind),
                              none=say("all"), key=frame.translated("ledger_kinds"))  # fmt: skip
            communities = pick.some(say("Community"), page.office.ledger.communities(page.actor),
                                    none=say("all"), key="ledger_communities")  # fmt: skip
            st.button(say("Clear the filters"), key="ledger_clear", on_click=_clear)
        label = say("visit overdue {count}", count=f"{counts['overdue']:,}")
        chosen = st.pills(
            say("Where it stands"), [*statuses, _OVERDUE], selection_mode="multi", wrap=True,
            format_func=lambda code: statuses.get(code, label), key="ledger_statuses",
            label_visibility="collapsed",
        )  # fmt: skip
    return LedgerQuery(
        statuses=tuple(each for each in chosen if each != _OVERDUE), tiers=tuple(tiers),
        reasons=tuple(reasons), kinds=tuple(kinds), communities=tuple(communities),
        search=search.strip(), sort=sort,  # type: ignore[arg-type]
        overdue_on=page.office.clock.today() if _OVERDUE in chosen else None,
    )  # fmt: skip


def _clear() -> None:
    for name in ("tiers", "reasons", "kinds", "communities", "statuses"):
        st.session_state[f"ledger_{name}"] = []
    st.session_state["ledger_search"] = ""


def _page_number(query: LedgerQuery) -> int:
    """Return which page of the list is shown: the first of another query."""
    of, number = st.session_state.get(_AT, (None, 0))
    if of != query:
        number = 0
        st.session_state[_AT] = (query, number)
    return int(number)


def _pages(page: Page, number: int, total: int) -> None:
    last = (total - 1) // _ROWS
    if not last:
        return

    def go(to: int) -> None:
        st.session_state[_AT] = (st.session_state[_AT][0], to)

    with st.container(horizontal=True, key="ledger_pages"):
        st.button(page.say("Page before"), key="ledger_before", disabled=number == 0,
                  on_click=go, args=(number - 1,))  # fmt: skip
        st.button(page.say("Next page"), key="ledger_next", disabled=number >= last,
                  on_click=go, args=(number + 1,))  # fmt: skip


def _offer_files(page: Page, query: LedgerQuery, found: LedgerPage) -> None:
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
