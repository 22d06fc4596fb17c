"""What a person chooses in the margin: the day, the filters, the layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.answers import LayerChoice, atlas_layer
from dashboard.components.street_map import AUTO, CELL_CHOICES

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.components.frame import Page
    from dashboard.words import Words


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


def choose_snapshot(snapshots: pd.DataFrame, *, say: Words, key: str = "snapshot") -> Snapshot:
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
    everything = atlas_layer(LayerChoice("building", snapshot.snapshot_id))
    names = everything.drop_duplicates("community_code").set_index("community_code")["community"]
    names = names[names.index.notna()].sort_index()
    communities = st.multiselect(
        say("Community"), list(names.index), format_func=lambda code: str(names[code] or code),
        placeholder=say("all"), key="communities",
    )  # fmt: skip
    kinds = st.multiselect(
        say("Kind of building"), sorted(everything["kind"].dropna().unique()),
        placeholder=say("all"), key="kinds",
    )  # fmt: skip
    drawn = st.checkbox(say("Cells"), value=True, key="cells_drawn")
    size = st.selectbox(
        say("Size of cells"), CELL_CHOICES, format_func=lambda name: _size(name, say=say),
        disabled=not drawn, key="cells_size",
    )  # fmt: skip
    return MapChoice(
        snapshot_id=snapshot.snapshot_id,
        as_of=snapshot.as_of,
        communities=tuple(communities),
        kinds=tuple(kinds),
        cells=(size or AUTO) if drawn else None,
        grids=st.checkbox(say("Official grids"), value=True, key="grids_drawn"),
        buildings=st.checkbox(
            say("Buildings"), value=True, key="buildings_drawn",
            help=say("Drawn when the map is near enough."),
        ),
    )  # fmt: skip


def _size(name: str, *, say: Words) -> str:
    return {
        AUTO: say("by zoom"),
        "cell:10": say("small (about 1 ha)"),
        "cell:9": say("street (about 10 ha)"),
        "cell:8": say("district (about 70 ha)"),
    }[name]
