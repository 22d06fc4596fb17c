"""What a person chooses in the margin: the day, the filters, the layers."""

import pandas as pd
import streamlit as st

from dashboard.maps.content.street_data import (
    AUTO,
    CELL_CHOICES,
    MapChoice,
    Snapshot,
    days_of,
)
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.ui import frame, pick
from dashboard.ui.frame import Page


def choose_snapshot(page: Page, snapshots: pd.DataFrame, *, key: str = "snapshot") -> Snapshot:
    """Let a person slide over the snapshots' days; the newest is shown first.

    ``snapshots``: newest first; of several of one day the newest stands for it.
    """
    days = dict(days_of(snapshots))
    newest, label = list(days)[-1], page.say("As of")
    if len(days) == 1:
        st.markdown(f"**{label}** {days[newest]}")
        return Snapshot(newest, days[newest])
    chosen = st.select_slider(
        label, options=list(days), value=newest, format_func=days.__getitem__, key=key
    )
    return Snapshot(str(chosen), days[str(chosen)])


def choose_map(page: Page, snapshots: pd.DataFrame) -> MapChoice:
    """Draw the map's margin and return what is chosen."""
    say = page.say
    snapshot = choose_snapshot(page, snapshots)
    communities = choose_communities(page, snapshot.snapshot_id)
    kinds = _choose_kinds(page, snapshot.snapshot_id)
    drawn = _tick(say("Cells"), key="cells_drawn")
    sizes = dict(zip(CELL_CHOICES, (say("soft, by zoom"), say("small (about 1 ha)"),
                                    say("street (about 10 ha)"), say("district (about 70 ha)")),
                     strict=True))  # fmt: skip
    wanted = st.query_params.get("cells", AUTO)  # such as ?cells=cell:10
    size = st.selectbox(
        say("Size of cells"),
        CELL_CHOICES,
        index=CELL_CHOICES.index(wanted) if wanted in sizes else 0,
        format_func=sizes.__getitem__,
        disabled=not drawn,
        key=frame.translated("cells_size"),
        persist_state="session",
    )
    has_grids = not map_layer(LayerChoice("grid", snapshot.snapshot_id)).empty
    return MapChoice(
        snapshot_id=snapshot.snapshot_id,
        as_of=snapshot.as_of,
        communities=communities,
        kinds=kinds,
        cells=(size or AUTO) if drawn else None,
        grids=has_grids and _tick(say("Official grids"), key="grids_drawn"),
        buildings=_tick(say("Buildings"), key="buildings_drawn"),
    )


def _tick(label: str, *, key: str) -> bool:
    """Ask for a layer that is drawn unless it is switched off."""
    return st.checkbox(label, value=True, key=key, persist_state="session")


def choose_communities(page: Page, snapshot_id: str) -> tuple[str, ...]:
    """Ask for communities where there is a choice; what is chosen holds on every page."""
    buildings = map_layer(LayerChoice("building", snapshot_id))
    named = buildings.drop_duplicates("community_code").sort_values("community_code")
    names = dict(zip(named["community_code"].fillna(""), named["community"], strict=True))
    names.pop("", None)
    names = {code: name or code for code, name in names.items()}
    return _choose_some(page, page.say("Community"), names, key="communities")


def _choose_kinds(page: Page, snapshot_id: str) -> tuple[str, ...]:
    """Ask for kinds of building where there is a choice."""
    buildings = map_layer(LayerChoice("building", snapshot_id))
    kinds = sorted(set(buildings["kind"].dropna().unique()) - {""})
    names = page.say.names("building_kind", kinds)
    return _choose_some(page, page.say("Kind of building"), names, key=frame.translated("kinds"))


def _choose_some(page: Page, label: str, names: dict[str, str], *, key: str) -> tuple[str, ...]:
    if len(names) < 2:  # noqa: PLR2004 -- one leaves no choice
        return ()
    return tuple(pick.some(label, names, none=page.say("all"), key=key, persist="session"))
