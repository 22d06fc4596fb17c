"""What a person chooses in the margin: the day, the filters, the layers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.ui import frame
from dashboard.ui.frame import Page

AUTO = "auto"
"""Cells whose size follows the zoom."""
CELL_CHOICES = (AUTO, "cell:10", "cell:9", "cell:8")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A chosen snapshot and its day."""

    snapshot_id: str
    as_of: str


@dataclass(frozen=True, slots=True)
class MapChoice:
    """The chosen snapshot, filters and layers of the map."""

    snapshot_id: str
    as_of: str
    communities: tuple[str, ...]
    kinds: tuple[str, ...]
    cells: str | None
    grids: bool
    buildings: bool


def choose_snapshot(snapshots: pd.DataFrame, *, say: Translator, key: str = "snapshot") -> Snapshot:
    """Let the visitor slide over the snapshots' days; the newest is shown first.

    Parameters
    ----------
    snapshots
        Newest first; of several of one day the newest stands for it.
    say
        Wording.
    key
        Identity of the widget.
    """
    by_day = snapshots.drop_duplicates("as_of").iloc[::-1]
    days = dict(zip(by_day["snapshot_id"].astype(str), by_day["as_of"].astype(str), strict=True))
    newest = list(days)[-1]
    if len(days) == 1:
        st.markdown(f"**{say('As of')}** {days[newest]}")
        return Snapshot(newest, days[newest])
    chosen = st.select_slider(
        say("As of"), options=list(days), value=newest, format_func=days.__getitem__, key=key
    )
    return Snapshot(str(chosen), days[str(chosen)])


def choose_map(page: Page, snapshots: pd.DataFrame) -> MapChoice:
    """Draw the map's margin and return what is chosen."""
    say = page.say
    snapshot = choose_snapshot(snapshots, say=say)
    communities = choose_communities(snapshot.snapshot_id, say=say)
    kinds = _choose_kinds(snapshot.snapshot_id, say=say)
    drawn = _tick(say("Cells"), key="cells_drawn")
    size = st.selectbox(
        say("Size of cells"),
        CELL_CHOICES,
        index=_asked_size(),
        format_func=lambda name: _size(name, say=say),
        disabled=not drawn,
        key=frame.translated("cells_size"),
        persist_state="session",
    )
    has_grids = not map_layer(LayerChoice("grid", snapshot.snapshot_id)).empty
    near = say("Drawn when the map is near enough.")
    return MapChoice(
        snapshot_id=snapshot.snapshot_id,
        as_of=snapshot.as_of,
        communities=communities,
        kinds=kinds,
        cells=(size or AUTO) if drawn else None,
        grids=has_grids and _tick(say("Official grids"), key="grids_drawn"),
        buildings=_tick(say("Buildings"), key="buildings_drawn", explained=near),
    )


def _tick(label: str, *, key: str, explained: str | None = None) -> bool:
    """Ask for a layer that is drawn unless it is switched off."""
    return st.checkbox(label, value=True, key=key, help=explained, persist_state="session")


def _asked_size() -> int:
    """Return which size of cells the address bar asks for (``?cells=cell:10``)."""
    asked = st.query_params.get("cells", AUTO)
    return CELL_CHOICES.index(asked) if asked in CELL_CHOICES else 0


def choose_communities(snapshot_id: str, *, say: Translator) -> tuple[str, ...]:
    """Ask for communities where there is a choice; what is chosen holds on every page."""
    buildings = map_layer(LayerChoice("building", snapshot_id))
    named = buildings.drop_duplicates("community_code").sort_values("community_code")
    names = dict(zip(named["community_code"].fillna(""), named["community"], strict=True))
    names.pop("", None)
    if len(names) < 2:  # noqa: PLR2004 -- one leaves no choice
        return ()
    return tuple(
        st.multiselect(
            say("Community"),
            list(names),
            format_func=lambda code: names[code] or code,
            placeholder=say("all"),
            key="communities",
            persist_state="session",
        )
    )


def _choose_kinds(snapshot_id: str, *, say: Translator) -> tuple[str, ...]:
    """Ask for kinds of building where there is a choice."""
    buildings = map_layer(LayerChoice("building", snapshot_id))
    known = sorted(set(buildings["kind"].dropna()) - {""})
    if len(known) < 2:  # noqa: PLR2004 -- one leaves no choice
        return ()
    return tuple(
        st.multiselect(
            say("Kind of building"),
            known,
            placeholder=say("all"),
            key="kinds",
            persist_state="session",
        )
    )


def _size(name: str, *, say: Translator) -> str:
    return {
        AUTO: say("by zoom"),
        "cell:10": say("small (about 1 ha)"),
        "cell:9": say("street (about 10 ha)"),
        "cell:8": say("district (about 70 ha)"),
    }[name]
