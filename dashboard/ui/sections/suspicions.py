"""Suspicions that wait for a grid chief: where, what was seen, what comes next and by when."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.ui import change, download, links
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may

MOST_CARDS = 20
_SETTLED = "suspicion_settled"
COLUMNS = (
    Column("name"),
    Column("community"),
    Column("door", source="unit"),
    Column("visited_at", source="at", format=MINUTE),
    Column("signs", kind="sign"),
    Column("note"),
    Column("photos_taken", digits=0),
    Column("next_step", kind="next_step"),
    Column("retry_at", format=MINUTE),
    Column("working_days_left", digits=0),
    Column("chief"),
    Column("building_id"),
)


def show(page: Page, waiting: pd.DataFrame, *, key: str, of_building: bool = False) -> None:
    """Draw a card for each; a chief settles it from there, and can take that back.

    ``waiting``: `governance.overview.suspicions.SUSPICIONS`.
    ``of_building``: whether it stands on the building's own page, which need not be named.
    """
    change.show_done()
    _offer_undo(page, key=key)
    for row in waiting.head(MOST_CARDS).itertuples(index=False):
        with st.container(border=True, key=f"{key}_{row.visit_id}", gap="xxsmall"):
            if not of_building:
                _show_place(page, row)
            st.html(card(row, say=page.say))
            if may(page.actor, Action.RECORD_VISIT) and may(page.actor, Action.SEE_REASONS):
                _offer_settling(page, row, key=key)
    if len(waiting) > MOST_CARDS:
        page.caption(
            "The {shown} due first of {count} are shown; the file has all.",
            shown=MOST_CARDS, count=len(waiting),
        )  # fmt: skip


def offer_workbook(page: Page, waiting: pd.DataFrame, *, key: str) -> None:
    """Offer all of them as a workbook."""
    title = page.say.name("start_list", "suspected")
    rows = waiting.assign(photos_taken=waiting["photos"].map(len))
    download.offer_table(page, title, rows, COLUMNS, key=key)


def card(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    """Return what a card says below the name, as HTML.

    ``row``: a row of `governance.overview.suspicions.SUSPICIONS`.
    """
    seen = [f"{row.at:%Y-%m-%d %H:%M}", *(say.name("sign", each) for each in row.signs), row.note]
    due = "" if pd.isna(row.retry_at) else f" · {row.retry_at:%m-%d %H:%M}"
    lines = {
        say("Suspected"): " · ".join(str(each) for each in seen if each),
        say("Next step"): f"{say.name('next_step', row.next_step)}{due}",
        say("Grid chief"): row.chief or say("nobody"),
    }
    left = row.working_days_left
    clock = "" if left is None else clock_text(int(left), say=say)
    return render("places/suspicion.html", lines=lines, clock=clock, late=bool(clock) and left < 0,
                  photos=row.photos, alt=say("Photo of the visit"))  # fmt: skip


def photos(hashes: Iterable[str], *, say: Translator) -> str:
    """Return photos of a visit as small pictures that open the whole one."""
    return render("places/photos.html", photos=list(hashes), alt=say("Photo of the visit"))


def clock_text(left: int, *, say: Translator) -> str:
    """Say how many working days are left, or by how many it is late."""
    if left < 0:
        return say("overdue by {count} {count:working day|working days}", count=-left)
    if left == 0:
        return say("due today")
    return say("{count} {count:working day|working days} left", count=left)


def _show_place(page: Page, row: Any) -> None:  # noqa: ANN401 -- a row of itertuples
    where = " · ".join(str(each) for each in (row.unit, row.community) if each)
    label = f"**{plain(row.name)}** {plain(where)}"
    if not links.show(page, "building", label, unit=str(row.building_id)):
        st.markdown(label)


def _offer_settling(page: Page, row: Any, *, key: str) -> None:  # noqa: ANN401 -- a row of itertuples
    say = page.say
    with st.container(horizontal=True):
        for found, label in ((False, say("Checked: nothing found")), (True, say("Confirmed"))):
            st.button(
                label,
                key=f"{key}_{'found' if found else 'nothing'}_{row.visit_id}",
                on_click=partial(_settle, page, row, found=found),
            )


def _settle(page: Page, row: Any, *, found: bool) -> None:  # noqa: ANN401 -- a row of itertuples
    say = page.say

    def settled() -> None:
        receipt = page.office.suspicions.settle(page.actor, str(row.visit_id), found=found)
        st.session_state[_SETTLED] = receipt.visit_id

    result = say("confirmed") if found else say("nothing found")
    done = say("{place}: {result}, recorded as a visit of now.", place=row.name, result=result)
    change.making(page, settled, done=done)()


def _offer_undo(page: Page, *, key: str) -> None:
    """Offer to take back what was just settled."""
    visit_id = st.session_state.get(_SETTLED)
    if visit_id is None:
        return

    def undone() -> None:
        page.office.visits.undo(page.actor, st.session_state.pop(_SETTLED))

    done = page.say("Taken back; the suspicion is open again.")
    take_back = change.making(page, undone, done=done)
    st.button(page.say("Take it back"), key=f"{key}_undo", on_click=take_back)
