"""A page of several parts under tabs, and what its parts are made of: figures, headed lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.ui import change
from dashboard.ui.frame import Page


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page."""

    name: str
    """By which the address bar's ``part`` asks for it."""
    label: str
    """What its tab says: it never changes, or people would be thrown back to the first tab."""
    show: Callable[[Page], None]
    allowed: bool = True
    when_closed: bool = False
    """Whether it is drawn while another part is open too, so that nothing entered is lost."""


def show_parts(page: Page, parts: Sequence[Part], *, key: str, first: str = "") -> bool:
    """Draw the allowed parts under tabs; say above the open one what was just done.

    ``first``: the part to begin with, where the address bar asks for none.

    Returns whether there is any part for the acting person.
    """
    allowed = {part.name: part for part in parts if part.allowed}
    if not allowed:
        return False
    begun = allowed.get(st.query_params.get("part") or first, next(iter(allowed.values())))
    labels = [part.label for part in allowed.values()]
    tabs = st.tabs(labels, key=key, on_change="rerun", default=begun.label)
    for tab, part in zip(tabs, allowed.values(), strict=True):
        if tab.open or part.when_closed:
            with tab, page.telling_failures():
                if tab.open:
                    change.show_done()
                part.show(page)
    return True


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands out, a note below it and what it means."""

    name: str
    value: str
    note: str = ""
    meaning: str | None = None


def show_figures(figures: Sequence[Figure], *, key: str) -> None:
    """Draw figures side by side."""
    with st.container(key=f"figures_{key}"):
        columns = st.columns(max(len(figures), 1))
    for column, figure in zip(columns, figures, strict=False):
        column.metric(figure.name, figure.value, help=figure.meaning)
        if figure.note:
            column.caption(figure.note)
