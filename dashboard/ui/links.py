"""Ways to other pages, and what the address bar says is open on this one."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page


def show(page: Page, to: str, label: str, **query: str) -> bool:
    """Lead to another page, with something chosen there; False where the person has none such."""
    target = frame.pages(page).get(to)
    if target is not None:
        st.page_link(target, label=label, query_params={"lang": page.say.language, **query})
    return target is not None


def opened(name: str) -> str | None:
    """Return what is open, such as the number of a ``case``, if anything is."""
    return st.query_params.get(name)


def open_here(name: str, value: str | None) -> None:
    """Open something on this page, or nothing; the address bar says which."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def choose_building(rows: pd.DataFrame, *, key: str) -> Callable[[int], None]:
    """Return what notes the building of a row that is picked, for `show_building`."""

    def choose(place: int) -> None:
        st.session_state[key] = str(rows["building_id"].iloc[place])

    return choose


def show_building(page: Page, rows: pd.DataFrame, *, key: str) -> None:
    """Lead to the page of the building that was picked among some rows."""
    for row in rows[rows["building_id"] == st.session_state.get(key)].head(1).to_dict("records"):
        label = page.in_markdown("To the page of {name}", name=row["name"] or row["building_id"])
        show(page, "building", label, unit=str(row["building_id"]))
