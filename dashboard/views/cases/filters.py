"""Which cases the inbox lists: a view, words to search by, and filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard.ui import frame, pick
from dashboard.ui.frame import Page
from data.contracts.case_vocabulary import ENDED, Channel, Stage
from governance.cases.desk import Clock, DeskQuery

MINE, OPEN, OVER = "mine", "open", "over"
VIEWS: Final = (MINE, OPEN, OVER)
LINKED: Final = ("show", "clock", "stage", "channel", "community", "holder")
"""What an address may ask for, as the counts of the start page do."""
_SEVERAL: Final = ("stages", "channels", "communities", "holders")
_KEPT: Final = "cases_linked"
NOBODY: Final = ""
_LINKS_SAY: Final = {"nobody": NOBODY}
"""How an address says what is empty."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Names of what can be filtered by: code → name."""

    communities: Mapping[str, str]
    holders: Mapping[str, str]


def choose(page: Page, choices: Choices) -> DeskQuery:
    """Ask for view, words and filters, and return what is asked for."""
    _follow_link()
    say = page.say
    with st.container(key="cases_filters"):
        left, right, more = st.columns([3, 3, 1.2], vertical_alignment="bottom")
        views = say.names("case_view", VIEWS)
        view = pick.switch(
            say("Which cases"), views, key=frame.translated("cases_view"), at=left, hidden=True
        )
        search = right.text_input(
            say("Search cases"),
            key="cases_search",
            placeholder=say("case or ticket number, words of title or address"),
        )
        with more.popover(_label(page), width="stretch"):
            narrowed = _narrowed(page, choices, view)
    return DeskQuery(mine=view == MINE, over=view == OVER, search=search.strip(), **narrowed)


def _narrowed(page: Page, choices: Choices, view: str) -> dict[str, Any]:
    """Ask for the clock and for the filters of which several can be set."""
    say = page.say
    clocks = say.names("case_clock_filter", Clock)
    key = frame.translated("cases_clock")
    clock = pick.one_or_none(say("Clock"), clocks, none=say("all"), key=key) or ""
    stages = [each for each in Stage if (each in ENDED) == (view == OVER)]
    asked = {
        "stages": (say("Stage"), say.names("case_stage", stages)),
        "channels": (say("Channel"), say.names("lead_channel", Channel)),
        "communities": (say("Community"), choices.communities),
        "holders": (say("Holder"), {NOBODY: say("nobody holds it"), **choices.holders}),
    }
    found = {"clock": clock, **pick.several(page, asked, key="cases")}
    st.button(say("Clear the filters"), key="cases_clear", on_click=clear)
    return found


def _label(page: Page) -> str:
    """Say how many filters are set."""
    count = sum(bool(st.session_state.get(f"cases_{name}")) for name in ("clock", *_SEVERAL))
    return page.say("Filters ({count})", count=count) if count else page.say("Filters")


def clear() -> None:
    """Take every filter and the words away."""
    for name in _SEVERAL:
        st.session_state[f"cases_{name}"] = []
    st.session_state["cases_clock"] = None
    st.session_state["cases_search"] = ""


def _follow_link() -> None:
    """Set what the address asks for, once for each address."""
    st.session_state.setdefault("cases_view", MINE)
    asked = {name: st.query_params[name] for name in LINKED if name in st.query_params}
    if not asked or st.session_state.get(_KEPT) == asked:
        return
    st.session_state[_KEPT] = asked
    clear()
    st.session_state["cases_view"] = asked.get("show") if asked.get("show") in VIEWS else OPEN
    if asked.get("clock") in set(Clock):
        st.session_state["cases_clock"] = asked["clock"]
    for name, several in zip(LINKED[2:], _SEVERAL, strict=True):
        if name in asked:
            st.session_state[f"cases_{several}"] = [_LINKS_SAY.get(asked[name], asked[name])]
