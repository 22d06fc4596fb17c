"""Addresses a machine could not place for sure: a person decides once, every row follows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.answers import forget_layers

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.components.frame import Page

_MOST_SHOWN = 20


def show(page: Page) -> None:
    """Show each waiting address with its candidates, the most frequent first."""
    say = page.say
    queue = page.office.review_queue(page.actor)
    if queue.empty:
        st.success(say("Every address is placed or decided."))
        return
    st.caption(
        say("A complaint counts for a building only when its address is certain. Choose the "
            "building, or say that it is none of them.")
    )  # fmt: skip
    for place, row in queue.head(_MOST_SHOWN).iterrows():
        _show_one(page, row, place=int(str(place)))
    if len(queue) > _MOST_SHOWN:
        st.caption(say("{count} more wait after these.", count=len(queue) - _MOST_SHOWN))


def _show_one(page: Page, row: pd.Series, *, place: int) -> None:
    say = page.say
    with st.container(border=True):
        left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
        left.markdown(f"**{_plain(row['example'])}**")
        left.caption(
            say("{table}, {rows} rows", table=say.name("table", str(row["table"])),
                rows=row["rows"])
        )  # fmt: skip
        names = dict(zip(row["candidates"], row["names"], strict=True))
        chosen = middle.selectbox(
            say("It is"), list(names), format_func=names.__getitem__, key=f"review_{place}_choice"
        )
        decide = partial(_decide, page, row)
        right.button(
            say("That one"), type="primary", on_click=decide, args=(chosen,),
            key=f"review_{place}_yes", disabled=chosen is None, width="stretch",
        )  # fmt: skip
        right.button(
            say("None of them"), on_click=decide, args=(None,), key=f"review_{place}_none",
            width="stretch",
        )  # fmt: skip


def _decide(page: Page, row: pd.Series, building_id: str | None) -> None:
    page.office.decide_review(
        page.actor, table=row["table"], address=row["address"], building_id=building_id
    )
    forget_layers()


def _plain(text: str) -> str:
    """Return text in which Markdown's signs are only signs."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|<>~$:" else sign for sign in str(text))
