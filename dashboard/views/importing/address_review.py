"""Addresses a machine could not place for sure, or at all: a person decides, every row follows."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.maps.layer_cache import (
    MOST_LISTED,
    building_places,
    forget_layers,
    waiting_addresses,
)
from dashboard.ui import change, pick
from dashboard.ui.frame import Page

_MOST_SHOWN = 20
_LAST = "review_last"
"""Address and example of the decision that this visitor made last, while it can be undone."""


def show(page: Page) -> None:
    """Show each waiting address with its candidates, the most frequent first."""
    say = page.say
    _offer_undo(page)
    text = st.text_input(say("Search these addresses"), key="review_search").strip()
    queue = waiting_addresses(page.actor, text)
    if queue.empty and text:
        st.info(say("No address to decide has “{text}” in it.", text=text))
        return
    if queue.empty:
        page.success("Every address is placed or decided.")
        return
    count = f"{len(queue)}{'+' if len(queue) >= MOST_LISTED else ''}"
    st.markdown(f"**{say('Addresses to decide: {count}', count=count)}**")
    page.caption(
        "A complaint counts for a building only when its address is certain. Choose the "
        "building, or say that it is none of them."
    )
    for _, row in queue.head(_MOST_SHOWN).iterrows():
        _show_one(page, row)
    if len(queue) > _MOST_SHOWN:
        page.caption("{count} more wait after these.", count=len(queue) - _MOST_SHOWN)


def _show_one(page: Page, row: pd.Series) -> None:
    say = page.say
    key = f"review_{row['table']}_{row['address']}"
    with st.container(border=True):
        left, middle, right = st.columns([3, 4, 3], vertical_alignment="bottom")
        left.markdown(f"**{_plain(row['example'])}**")
        table = say.name("table", str(row["table"]))
        left.caption(say("{table}, {rows} rows", table=table, rows=row["rows"]))
        unlike = not row["candidates"]
        names = _chosen_by_hand(page, middle, key, row) if unlike else _candidate_names(page, row)
        if names:
            pick.one(say("It is"), names, key=f"{key}_choice", at=middle)

        def decide_chosen() -> None:
            # Read now: the choice may have changed after the button was drawn.
            _decide(page, row, st.session_state[f"{key}_choice"])

        with right.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                say("That one"),
                key=f"{key}_yes",
                disabled=not names,
                on_click=change.making(page, decide_chosen),
            )
            st.button(
                say("Cannot be placed") if unlike else say("None of them"),
                on_click=change.making(page, lambda: _decide(page, row, None)),
                key=f"{key}_none",
                type="tertiary",
            )


def _chosen_by_hand(page: Page, place: DeltaGenerator, key: str, row: pd.Series) -> dict[str, str]:
    """Ask for words of a building and return those found, for an address that is like none."""
    likely = " · ".join(filter(None, (row["likely_street"], row["likely_estate"])))
    told = page.say("No address of the register is like it.")
    if likely:
        told += " " + page.say("Likeliest: {names}", names=likely)
    place.caption(told)
    text = pick.search_text(page, key=f"{key}_search", at=place)
    return page.office.address_review.find_buildings(page.actor, text) if text else {}


def _candidate_names(page: Page, row: pd.Series) -> dict[str, str]:
    """Name each candidate with its community, since estates of one name stand in several."""
    known = building_places(page.actor)
    return {
        unit: " · ".join(part for part in (name or unit, known.get(unit, "")) if part)
        for unit, name in zip(row["candidates"], row["names"], strict=True)
    }


def _decide(page: Page, row: pd.Series, building_id: str | None) -> None:
    page.office.address_review.decide(
        page.actor, table=row["table"], address=row["address"], building_id=building_id
    )
    st.session_state[_LAST] = (str(row["address"]), str(row["example"]))
    forget_layers()


def _offer_undo(page: Page) -> None:
    """Offer to take back the decision that was made last."""
    if _LAST not in st.session_state:
        return
    address, example = st.session_state[_LAST]

    def undo() -> None:
        page.office.address_review.withdraw(page.actor, address=address)
        del st.session_state[_LAST]
        forget_layers()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(page.say("Decided: {address}", address=_plain(example)))
        st.button(
            page.say("Undo this decision"),
            key="review_undo",
            type="tertiary",
            on_click=change.making(page, undo),
        )


def _plain(text: str) -> str:
    """Return text in which Markdown's signs are only signs."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|<>~$:" else sign for sign in str(text))
