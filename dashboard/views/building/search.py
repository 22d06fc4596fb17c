"""Finding a building by address, name or code."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.frame import Page

_MOST_FOUND = 20


def show(page: Page, *, snapshot_id: str) -> str | None:
    """Ask for a building and return its id; the address bar's ``unit`` counts until asked anew."""
    say = page.say
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    text = left.text_input(
        say("Search a building"), key="building_search", placeholder=say("address, name or code"),
        on_change=_forget_linked,
    ).strip()  # fmt: skip
    linked = st.query_params.get("unit")
    if not text:
        if linked:
            right.button(say("Back to the list"), on_click=_forget_linked, type="tertiary")
        return linked
    found = page.office.risk_map.find(page.actor, text, snapshot_id=snapshot_id, limit=_MOST_FOUND)
    if found.empty:
        right.warning(say("No building matches “{text}”.", text=text))
        return None
    names = {str(row.unit): _label(row, say=say) for row in found.itertuples()}
    unit = right.selectbox(
        say("{count} found", count=len(names)), list(names), format_func=names.__getitem__,
        key="building_found",
    )  # fmt: skip
    return str(unit)


def _label(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    text = f"{row.name} · {say.name('tier', str(row.tier))}"
    return f"{text} · {row.score:.1f}" if hasattr(row, "score") else text


def _forget_linked() -> None:
    st.query_params.pop("unit", None)
