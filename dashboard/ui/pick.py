"""What a person picks: one of several or some of them, a day, a building."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.i18n.markdown import plain
from dashboard.ui import frame
from dashboard.ui.frame import Page

_Code = TypeVar("_Code")
_MOST_FOUND = 20
_DAY = "YYYY-MM-DD"


def one(
    label: str,
    names: Mapping[_Code, str],
    *,
    key: str | None = None,
    at: DeltaGenerator | None = None,
    index: int = 0,
    persist: Literal["session"] | None = None,
) -> _Code:
    """Ask for one of several codes, each shown by its name; the first unless said otherwise.

    A browser knows names alone: where that of the chosen one is another since, such as one with a
    score in it, the choice is made anew, or it would fall back to the first.
    """
    shown = f"{key}_shown"
    held: Any = st.session_state.get(key) if key else None
    if key and held in names and st.session_state.get(shown, names[held]) != names[held]:
        st.session_state[key] = held
    chosen: _Code = (at or st).selectbox(
        label,
        list(names),
        index,
        format_func=lambda code: names.get(code, str(code)),
        key=key,
        persist_state=persist,
    )
    if key:
        st.session_state[shown] = names.get(chosen, "")
    return chosen


def one_or_none(
    label: str,
    names: Mapping[_Code, str],
    *,
    none: str,
    key: str | None = None,
    at: DeltaGenerator | None = None,
) -> _Code | None:
    """Ask for one of several codes or for none, which is called ``none`` and stands at first."""
    return (at or st).selectbox(
        label,
        list(names),
        index=None,
        placeholder=none,
        format_func=lambda code: names.get(code, str(code)),
        key=key,
    )


def some(
    label: str,
    names: Mapping[_Code, str],
    *,
    none: str,
    key: str | None = None,
    default: Iterable[_Code] = (),
    persist: Literal["session"] | None = None,
) -> list[_Code]:
    """Ask for any number of codes; an empty choice reads ``none``."""
    return st.multiselect(
        label,
        list(names),
        list(default) or None,
        format_func=lambda code: names.get(code, str(code)),
        placeholder=none,
        key=key,
        persist_state=persist,
    )


def several(
    page: Page, options: Mapping[str, tuple[str, Mapping[str, str]]], *, key: str
) -> dict[str, Any]:
    """Ask for any number of codes of each kind; what is offered no more is chosen no more.

    ``options``: kind → its label, and the names of its codes.

    Returns kind → tuple of what is chosen.
    """
    found = {}
    for name, (label, names) in options.items():
        one = f"{key}_{name}"
        st.session_state[one] = [each for each in st.session_state.get(one, []) if each in names]
        chosen = some(label, names, none=page.say("all"), key=frame.translated(one))
        found[name] = tuple(chosen)
    return found


def switch(
    label: str,
    names: Mapping[str, str],
    *,
    key: str,
    default: str | None = None,
    at: DeltaGenerator | None = None,
    hidden: bool = False,
) -> str:
    """Ask for one of a few, all of which are seen."""
    chosen = (at or st).segmented_control(
        label,
        list(names),
        format_func=lambda code: plain(names[code]),
        default=default,
        required=True,
        key=key,
        label_visibility="collapsed" if hidden else "visible",
    )
    return str(chosen)


def filters(
    label: str,
    names: Mapping[str, str],
    *,
    key: str,
    at: DeltaGenerator | None = None,
    default: str = "",
) -> list[str]:
    """Ask which of several to list; all where nothing is chosen.

    ``default``: the one that is chosen at first; all where it is none of them.
    """
    chosen = (at or st).pills(
        label,
        list(names),
        default=default if default in names else None,
        selection_mode="multi",
        key=key,
        wrap=True,
        format_func=lambda code: plain(names[code]),
    )
    return list(chosen) or list(names)


def day(
    label: str,
    value: date | None,
    *,
    key: str | None = None,
    at: DeltaGenerator | None = None,
    explained: str | None = None,
) -> date | None:
    """Ask for a day; None where none is entered."""
    chosen: Any = (at or st).date_input(label, value, format=_DAY, key=key, help=explained)
    return chosen if isinstance(chosen, date) else None


def search_text(page: Page, *, key: str, at: DeltaGenerator | None = None, **more: Any) -> str:  # noqa: ANN401 -- of a text field
    """Ask what to search a building by."""
    say = page.say
    text = (at or st).text_input(
        say("Search a building"), key=key, placeholder=say("address, name or code"), **more
    )
    return str(text).strip()


def building(page: Page, *, key: str) -> pd.Series | None:
    """Ask for words and for one of the buildings that hold them: a row of the risk map, by id."""
    say = page.say
    text = search_text(page, key=f"{key}_search")
    found = pd.DataFrame({"name": [], "unit": []})
    if text:
        found = page.office.risk_map.find(page.actor, text, limit=_MOST_FOUND)
        if found.empty:
            page.caption("No building matches “{text}”.", text=text)
    names = found["name"].where(found["name"].fillna("") != "", found["unit"])
    unit = st.selectbox(
        say("Building"),
        found["unit"].tolist(),
        format_func=dict(zip(found["unit"], names, strict=True)).__getitem__,
        key=f"{key}_unit",
        placeholder=say("choose"),
    )
    return None if unit is None else found.set_index("unit", drop=False).loc[unit]
