"""A list of notices: what waits and what runs out first, each opened by its title."""

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n.clock import clock_card
from dashboard.i18n.markdown import plain
from dashboard.ui import frame, links, pick
from dashboard.ui.frame import Page
from dashboard.ui.table import Paging
from data.contracts.notice_vocabulary import OVER, Audience, NoticeStage
from data.store.repositories.records.notice_lists import NoticeQuery
from governance.access.permissions import Action, may

_ROWS: Final = 20
VIEWS: Final = ("waiting", "open", "over")
SORTS: Final = ("due", "newest", "oldest", "published")


def show(page: Page, kinds: tuple[str, ...], *, key: str) -> None:
    """Draw the filters and the notices of some kinds that pass them."""
    query = _asked(page, kinds, key=key)
    paging = Paging(key, _ROWS)
    number = paging.number(query)
    part = replace(query, limit=_ROWS, offset=number * _ROWS)
    found = page.office.notice_desk.page(page.actor, part)
    if found.rows.empty:
        _nothing(page, query)
        return
    paging.tell(page, number, shown=len(found.rows), total=found.total)
    for row in found.rows.itertuples():
        _line(page, row, key=key)
    paging.offer(page, query, number, total=found.total)


def _asked(page: Page, kinds: tuple[str, ...], *, key: str) -> NoticeQuery:
    say = page.say
    with st.container(key=f"{key}_filters"):
        left, right, more = st.columns([3, 3, 1.4], vertical_alignment="bottom")
        reviews = may(page.actor, Action.APPROVE_NOTICES)
        views = say.names("notice_view", VIEWS if reviews else VIEWS[1:])
        view = pick.switch(
            say("Which notices"), views, key=frame.translated(f"{key}_view"), at=left,
            default=_first_view(page, reviews=reviews), hidden=True,
        )  # fmt: skip
        search = right.text_input(
            say("Search notices"), key=f"{key}_search",
            placeholder=say("number, words of the title, period or case"),
        )  # fmt: skip
        with more.popover(say("Filters"), width="stretch"):
            told = _narrowed(page, kinds, view, key=key)
    return NoticeQuery(
        over={"over": True, "open": False}.get(view), search=search.strip(),
        waiting=view == "waiting", **told,
    )  # fmt: skip


def _first_view(page: Page, *, reviews: bool) -> str:
    waits = reviews and page.office.notice_desk.waiting(page.actor)
    return "waiting" if waits else "open"


def _narrowed(page: Page, kinds: tuple[str, ...], view: str, *, key: str) -> dict[str, Any]:
    say = page.say
    stages = [each for each in NoticeStage if (each in OVER) == (view == "over")]
    asked = {
        "kinds": (say("Kind"), say.names("notice_kind", kinds)),
        "stages": (say("Stage"), say.names("notice_stage", stages)),
        "audiences": (say("Audience"), say.names("notice_audience", Audience)),
    }
    found = pick.several(page, asked, key=key)
    found["kinds"] = found["kinds"] or kinds
    sorts = say.names("notice_sort", SORTS)
    found["sort"] = pick.one(say("Sorted by"), sorts, key=frame.translated(f"{key}_sort"))
    return found


def _line(page: Page, row: Any, *, key: str) -> None:  # noqa: ANN401 -- a row of itertuples
    """Draw a notice: its title opens it, below it stands what it is and until when."""
    say = page.say
    card = clock_card(row.card, row.days_left, row.overdue_days, say=say)
    clock = say.name("notice_clock", row.clock) if row.clock else ""
    told = [row.notice_no, say.name("notice_kind", row.kind), row.period, row.addressee]
    if isinstance(row.replaced_by, str):
        told.append(say("replaced by {notice}", notice=row.replaced_by))
    with st.container(border=True, key=f"{key}_{row.notice_no}"):
        st.button(
            plain(row.title) or say("(no title yet)"), key=f"{key}_open_{row.notice_no}",
            type="tertiary", on_click=links.open_here, args=("notice", row.notice_no),
        )  # fmt: skip
        st.html(
            render(
                "notices/line.html", told=[each for each in told if each],
                stage=say.name("notice_stage", row.stage), tone=card.tone,
                card=" · ".join(filter(None, (clock, card.text))) if card.text else "",
            )
        )  # fmt: skip


def _nothing(page: Page, query: NoticeQuery) -> None:
    """Say why nothing is listed and what to do next."""
    if query.search or query.stages or query.audiences:
        page.info("No notice passes these filters. Clear them, or shorten what you search for.")
    elif query.waiting:
        page.success("No notice waits for your review.")
    elif query.over:
        page.info("No notice is over yet.")
    else:
        page.info("There is no notice yet. Begin one below; it is filled in for you.")
