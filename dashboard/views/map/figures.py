"""The strip of figures over the map: what is high, what is new, what is late."""

from collections.abc import Iterator
from html import escape

import pandas as pd
import streamlit as st

from dashboard.maps.palette import TIERS
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may

_HIGHEST = TIERS[:2]


def show(page: Page, buildings: pd.DataFrame, *, whole: bool) -> None:
    """Draw the strip.

    ``page``: for whom: figures of the start page are told only to who has one.
    ``buildings``: the buildings that are drawn, with their ``tier``.
    ``whole``: whether these are all of the office, of which the start page counts.
    """
    work = _work(page) if whole else ()
    cards = "".join(
        f'<li style="--gw-tone:{tone}"><span>{escape(name)}</span> <b>{value:,}</b></li>'
        for name, value, tone in [*_tiers(page, buildings), *work]
    )
    st.html(f'<ul class="gw-strip">{cards}</ul>')


def _tiers(page: Page, buildings: pd.DataFrame) -> Iterator[tuple[str, int, str]]:
    for style in _HIGHEST:
        name = page.say("Buildings, {tier}", tier=page.say.name("tier", style.tier))
        yield name, int((buildings["tier"] == style.tier).sum()), style.fill


def _work(page: Page) -> Iterator[tuple[str, int, str]]:
    """Return this week's complaints, and what waits, as the start page counts them."""
    if not may(page.actor, Action.SEE_START):
        return
    figures = page.office.overview.figures(page.actor)
    if figures.complaints is not None:
        yield page.say("New complaints, 7 days"), figures.complaints, "#1f5f8b"
    yield page.say("Visits overdue"), figures.visits_due, "#6b4a12"
    if figures.suspected:
        yield page.say("Suspicions to verify"), figures.suspected, "#7a1f8a"
