"""楼栋: one building, its score and everything behind it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import UNITS
from dashboard.i18n import Translator
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.server.routes import community_url
from dashboard.ui import download, links, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.sections import filters, first_steps
from dashboard.ui.sections.score import drift_warning, model_note, scoring_state
from dashboard.views.building import detail, files
from governance.access.permissions import Action, may
from governance.importing.building_ends import RegisteredBuilding

_MOST_SHOWN, _MOST_FOUND = 10, 20
_LISTED = ("rank", "tier", "name", "score", "kind", "community")


def show(page: Page) -> None:
    """Search a building and explain it."""
    st.title(page.say("Building"))
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        first_steps.show(page)
        return
    with page.telling_failures():
        with st.sidebar:
            chosen = filters.choose_snapshot(page, snapshots, key="building_snapshot")
        snapshot_id = chosen.snapshot_id
        scoring_state.show(page)
        model_note.show(page, snapshots, snapshot_id)
        drift_warning.show(page)
        unit = _find(page, snapshot_id=snapshot_id)
        if unit is None:
            _show_top(page, snapshot_id=snapshot_id, day=chosen.as_of)
        else:
            files.show_way(page, unit, snapshot_id=snapshot_id)
            detail.show(page, unit, snapshot_id=snapshot_id)


def _find(page: Page, *, snapshot_id: str) -> str | None:
    """Ask for a building and return its id; the address bar's ``unit`` counts until asked anew."""
    say = page.say
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    text = pick.search_text(page, key="building_search", at=left,
                            on_change=links.open_here, args=("unit", None))  # fmt: skip
    if not text:
        return links.opened("unit")
    matches = page.office.risk_map.find(
        page.actor, text, snapshot_id=snapshot_id, limit=_MOST_FOUND
    )
    others = page.office.building_ends.find(
        page.actor, text, snapshot_id=snapshot_id, limit=_MOST_FOUND
    )
    if matches.empty and not others:
        right.warning(page.in_markdown("No building matches “{text}”.", text=text))
        return None
    names = {str(row["unit"]): _label(row, say=say) for row in matches.to_dict("records")}
    names |= {unit: _label_unscored(unit, each, say=say) for unit, each in others.items()}
    label = say("{count} found", count=len(names))
    chosen: str = pick.one(label, names, key="building_found", at=right)
    return chosen


def _label(row: Mapping[Any, Any], *, say: Translator) -> str:
    text = f"{row['name']} · {say.name('tier', str(row['tier']))}"
    return f"{text} · {row['score']:.1f}" if "score" in row else text


def _label_unscored(unit: str, known: RegisteredBuilding, *, say: Translator) -> str:
    state = say("in no score of this day")
    if known.ended_on is not None:
        state = say("Pulled down since {day}", day=known.ended_on)
    return f"{known.name or unit} · {state}"


def _show_top(page: Page, *, snapshot_id: str, day: str) -> None:
    """List the buildings to look at first; a chosen row is opened by the address bar's ``unit``."""
    with st.sidebar:
        communities = filters.choose_communities(page, snapshot_id)
    buildings = map_layer(LayerChoice("building", snapshot_id, communities))
    first = buildings.nsmallest(_MOST_SHOWN, "rank").reset_index(drop=True)
    page.subheader("The {count} highest-ranked buildings", count=len(first))
    page.caption("Pick a row, search above, or choose on the map.")
    table.table(
        page,
        first,
        [column for column in UNITS if column.name in _LISTED],
        key="building_top",
        search=False,
        pick=lambda place: links.open_here("unit", str(first["unit"].iloc[place])),
    )
    ranked = buildings.sort_values("rank", ignore_index=True)
    download.offer_ranked(page, ranked, day=day, key="building_ranked")
    _offer_community(page, buildings)


def _offer_community(page: Page, buildings: pd.DataFrame) -> None:
    """Lead to a community's report to print, for who may export and has a start page."""
    say = page.say
    if not (may(page.actor, Action.EXPORT) and may(page.actor, Action.SEE_START)):
        return
    known = buildings.drop_duplicates("community_code").sort_values("community_code")
    known = known[[page.actor.scope.covers(community=c) for c in known["community_code"]]]
    names = dict(zip(known["community_code"], known["community"], strict=True))
    if not names:
        return
    page.subheader("Report of a community, for a meeting")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = pick.one(say("Community"), names, key="community_report")
        st.link_button(say("Report to print (A4)"), community_url(code, say.language))
