"""Everything behind one building's score, who answers for it, and the last visits."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from itertools import chain

import pandas as pd
import streamlit as st

from dashboard.charts import score as charts_score
from dashboard.documents.columns import Column
from dashboard.documents.evidence_rows import EVIDENCE, evidence
from dashboard.i18n.markdown import failure, plain
from dashboard.i18n.measures import points_text
from dashboard.i18n.score_words import (
    came_about,
    complaints_count,
    shared_words,
    with_news,
    without_points,
)
from dashboard.maps.content.unit_facts import tier_chip
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.runtime import context
from dashboard.server.maps.addresses import small_map_url
from dashboard.ui import chart, table
from dashboard.ui.frame import Page
from dashboard.ui.sections import chain_cards, material, parties, unit_explanation
from dashboard.views.building import cases, ended, files, ledger, visits
from geo.errors import GridwardenError
from governance.access.permissions import Action, may
from governance.office import Office
from governance.scores.scoring import ExplainedUnit
from risk import schema as c

_MAP_PX = 330
PLACES = (
    Column("rank"),
    Column("unit", header="Flat, licence or firm"),
    Column("score", digits=1),
    Column("together", header="With those above", digits=1),
)
WORDS = (
    Column("number", header="Word"),
    Column("visits", header="Visits elsewhere"),
    Column("found", header="Found something", digits=1),
    Column("usual", header="Usual", digits=1),
)


def make_ahead(office: Office) -> Iterator[None]:
    """Ask of the building that stands first what its page asks, for whoever acts.

    What is asked of others is written in SQL by then, which takes longer than the answer.
    """
    with suppress(GridwardenError):  # nothing scored yet
        for first in office.risk_map.top(context.actor(), k=1):
            office.scores.explain(context.actor(), first["unit"])
            yield
            office.links.of_building(context.actor(), first["unit"])
            yield


def show(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Explain a building: points, rows, history, neighbours, surroundings; who answers for it.

    Of one that is in no score of the day, since it no longer stands or came later, all but the
    score.
    """
    known = page.office.building_ends.of(page.actor, unit)
    is_scored = known is None or files.is_scored(unit, snapshot_id)
    if known is not None:
        ended.show(page, known, heading="" if is_scored else known.name or unit)
    if is_scored and not _show_score(page, unit, snapshot_id=snapshot_id):
        return
    if may(page.actor, Action.SEE_LINKS):
        _show_links(page, unit)
    if may(page.actor, Action.SEE_RESPONSIBILITY):
        _show_chain(page, unit)
    if may(page.actor, Action.SEE_CASES):
        cases.show(page, unit)
    if may(page.actor, Action.SEE_LEDGER):
        ledger.show(page, unit)
    material.show_of_building(page, unit)
    if may(page.actor, Action.SEE_VISITS):
        visits.show(page, unit)
    ended.offer(page, unit, known)


def _show_links(page: Page, unit: str) -> None:
    """Name who is on file here and at other buildings, where anybody is."""
    found = page.office.links.of_building(page.actor, unit)
    if not found.empty:
        page.subheader("On file here and at other buildings")
        parties.show(page, found, key="building_links")


def _explain(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Explain a building: what it is and why on the left, where it is beside it, seen at once."""
    explanation = page.office.scores.explain(page.actor, unit, snapshot_id=snapshot_id)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_head(page, explanation, unit, snapshot_id=snapshot_id)
        page.subheader("Why: points that add up to the score")
        points = charts_score.points_bar(explanation.points, say=page.say)
        chart.show(points, key="building_points")
        _show_rows(page, explanation)
        _show_places(page, explanation)
        unit_explanation.show_weights(page, explanation, key="building_weights")
    with right:
        page.subheader("Surroundings")
        _show_map(page, unit, snapshot_id=snapshot_id)
        unit_explanation.show_trend(page, page.office.scores.trend(page.actor, unit))
        page.subheader("Neighbours")
        unit_explanation.show_buildings(
            page, explanation.neighbours, snapshot_id=snapshot_id, key="neighbours"
        )


def _show_head(page: Page, explanation: ExplainedUnit, unit: str, *, snapshot_id: str) -> None:
    """Say what a building is called, where it is, what waits there and how it stands."""
    say = page.say
    page.header(plain(explanation.name or unit))
    files.show_place(page, unit, snapshot_id=snapshot_id)
    page.caption("As of {day} · a reason to look, never a finding", day=explanation.as_of)
    files.offer(page, explanation)
    visits.show_suspicions(page, unit)
    unit_explanation.show_summary(explanation, say=say)
    news = page.office.scores.with_news(page.actor, unit, snapshot_id=snapshot_id)
    if news is not None:
        st.info(
            f"{with_news(news, say=say)} "
            + say("Its interval, rank and points follow with the newer score.")
        )


def _show_score(page: Page, unit: str, *, snapshot_id: str) -> bool:
    """Show how a building stands, as far as somebody may know; False where it is none of theirs."""
    if not may(page.actor, Action.SEE_REASONS):
        return _show_plainly(page, unit, snapshot_id=snapshot_id)
    _explain(page, unit, snapshot_id=snapshot_id)
    return True


def _show_plainly(page: Page, unit: str, *, snapshot_id: str) -> bool:
    """Show a building to who may not know why it stands where it does, if it is one of theirs."""
    buildings = map_layer(LayerChoice("building", snapshot_id))
    known = buildings[buildings["unit"] == unit]
    for row in known.itertuples():
        page.header(plain(row.name or unit))
        st.html(tier_chip(str(row.tier), say=page.say))
        _show_map(page, unit, snapshot_id=snapshot_id)
    return not known.empty


def _show_map(page: Page, unit: str, *, snapshot_id: str) -> None:
    st.iframe(
        small_map_url(snapshot_id, unit, page.say.language),
        height=_MAP_PX,
        alt=page.say("Small map of the building and its neighbours"),
    )


def _show_rows(page: Page, explanation: ExplainedUnit) -> None:
    """Show the rows behind each factor, largest share first."""
    say = page.say
    page.subheader("The rows behind each factor")
    if explanation.changed:
        _tell_changed(page, explanation)
    behind = {
        name: rows
        for name, rows in explanation.rows.items()
        if name != c.HISTORY_WORDS and (rows or (name == c.HISTORY_OPERATOR and explanation.words))
    }
    if not behind:
        page.caption("No rows: the points come from its size and surroundings.")
    known = files.names(explanation.snapshot_id, chain.from_iterable(explanation.rows.values()))
    for text in filter(None, (each(explanation, say=say) for each in (came_about, without_points))):
        st.caption(text)
    for name in sorted(behind, key=lambda factor: -abs(explanation.points.get(factor, 0.0))):
        heading = say(
            "{factor}: {count} rows, {points} points",
            factor=say.name("factor", name),
            count=len(behind[name]),
            points=points_text(explanation.points.get(name, 0.0)),
        )
        with st.expander(heading, expanded=len(behind) == 1):
            if name == c.COMPLAINTS and (text := complaints_count(explanation, say=say)):
                st.write(text)
            if behind[name]:
                _show_evidence(page, explanation, name, known)
            if name == c.HISTORY_OPERATOR and explanation.words:
                _show_shared_words(page, explanation, known)


def _show_evidence(
    page: Page, explanation: ExplainedUnit, name: str, known: Mapping[str, str]
) -> None:
    rows = evidence(explanation.rows[name], names=known, say=page.say)
    table.table(page, rows, EVIDENCE, key=f"rows_{name}", search=False)


def _show_shared_words(page: Page, explanation: ExplainedUnit, known: Mapping[str, str]) -> None:
    """Tell of operators elsewhere whose names share words, with some of the visits to them."""
    st.write(plain(shared_words(explanation, say=page.say)))
    if len(explanation.words) > 1:
        words = pd.DataFrame([asdict(each) for each in explanation.words])
        words.insert(0, "number", range(1, len(words) + 1))
        table.table(page, words, WORDS, key="shared_words", search=False)
    rows = explanation.rows[c.HISTORY_WORDS]
    if rows:
        page.caption("The visits to them that weigh most, of those you may see:")
        _show_evidence(page, explanation, c.HISTORY_WORDS, known)


def _tell_changed(page: Page, explanation: ExplainedUnit) -> None:
    state = page.office.automatic_scoring.state(page.actor)
    if state.is_pending and state.snapshot_id == explanation.snapshot_id:
        page.info("Rows have changed since this was scored; a newer score counts them by itself.")
    else:
        page.warning("Rows have changed since this was scored; score again to count them.")


def _show_places(page: Page, explanation: ExplainedUnit) -> None:
    """Show the flats, licences and firms that visits named here, each with its own score."""
    if not explanation.places:
        return
    page.subheader("Its flats, licences and firms")
    page.caption(
        "Each by itself: of 100 full visits to it so many would find something. The building's "
        "score is of visits to all of them. Who cannot look at all begins at the top; the last "
        "column says how many of 100 visits that go down to that line would find something."
    )
    places = pd.DataFrame([asdict(each) for each in explanation.places])
    table.table(page, places, PLACES, key="building_places", search=False, height_px=260)


def _show_chain(page: Page, unit: str) -> None:
    page.subheader("Who answers for it")
    try:
        answering = page.office.responsibility.chain(page.actor, unit)
    except GridwardenError as error:  # without staff there is no chain, and the page still stands
        st.caption(failure(page.say, error))
        return
    chain_cards.show_chain(page, answering)
    chain_cards.offer_change(page, unit, key="card_chain")
