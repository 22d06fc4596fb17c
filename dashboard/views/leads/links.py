"""Who is behind it: parties of several buildings, a small network around one, and a table."""

from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.i18n import Translator
from dashboard.ui import pick, table
from dashboard.ui.frame import Page
from governance.cases.links.network import Network

_SIZE, _MIDDLE, _RADIUS = 640, 320, 230
_LABEL_CHARS: Final = 12
_COLUMNS = (
    Column("label", header="Who", empty="no name on file"),
    Column("party", header="Code"),
    Column("kind", kind="link_kind", header="Known by"),
    Column("places", header="Buildings"),
    Column("elsewhere", kind="link_elsewhere", header="Elsewhere"),
    Column("visited_on", header="Checked", format=DAY),
    Column("moved_on", header="Moved", format=DAY),
    Column("hub", kind="link_hub", header="Links"),
)


def show(page: Page) -> None:
    """Show parties of several buildings, and the network around a building."""
    page.caption(
        "Tenants, firms and contacts that are on file at more than one building, those first who "
        "came somewhere after a check where they had been. Codes stand for people; who complained "
        "is in none. Whoever is on file at very many buildings is listed and makes no link."
    )
    parties = page.office.links.parties(page.actor)
    if parties.empty:
        page.info("Nobody is on file at more than one building.")
        return
    _table(page, parties, key="links_parties", export=page.say("Links"))
    names = {
        building: name
        for ids, called, hub in zip(
            parties["building_ids"], parties["buildings"], parties["hub"], strict=True
        )
        if not hub
        for building, name in zip(ids, called, strict=True)
    }
    if not names:
        return
    building = pick.one(page.say("Around the building"), names, key="links_around")
    around = page.office.links.around(page.actor, building)
    st.html(drawing(around, page.say))
    if around.left_out:
        page.caption("Not drawn: {n} of very many buildings.", n=around.left_out)
    _table(page, page.office.links.of_building(page.actor, building), key="links_here")


def _table(page: Page, parties: pd.DataFrame, *, key: str, export: str = "") -> None:
    told = parties.assign(
        places=parties["buildings"].str.join("、"),
        elsewhere=parties["elsewhere"].map({True: "yes", False: "no"}),
        hub=parties["hub"].map({True: "no", False: "yes"}),
    )
    table.table(page, told, _COLUMNS, key=key, export=export)


def drawing(network: Network, say: Translator) -> str:
    """Return a network as SVG; the table below it says the same for whoever cannot see it."""
    at = {
        node: (_MIDDLE + _RADIUS * x, _MIDDLE + _RADIUS * y)
        for node, x, y in network.nodes[["node", "x", "y"]].itertuples(index=False)
    }
    lines = [
        f'<line x1="{at[party][0]:.0f}" y1="{at[party][1]:.0f}" x2="{at[building][0]:.0f}" '
        f'y2="{at[building][1]:.0f}" class="{"gw-moved" if moved else "gw-named"}"/>'
        for party, building, moved in network.edges.itertuples(index=False)
    ]
    shapes = [_shape(node, at, say) for node in network.nodes.itertuples(index=False)]
    title = say("Buildings and who is on file at several; a thick line: came after a check.")
    return (
        f'<svg class="gw-network" viewBox="0 0 {_SIZE} {_SIZE}" role="img" '
        f'aria-label="{escape(title)}">{"".join([*lines, *shapes])}</svg><p>{escape(title)}</p>'
    )


def _shape(node: tuple[object, ...], at: dict[str, tuple[float, float]], say: Translator) -> str:
    name, is_party, kind, label, *_ = node
    x, y = at[str(name)]
    text = str(label or say.name("link_kind", str(kind)))
    short = text if len(text) <= _LABEL_CHARS else text[: _LABEL_CHARS - 1] + "…"
    shape = (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="9" class="gw-party"/>'
        if is_party
        else f'<rect x="{x - 9:.0f}" y="{y - 9:.0f}" width="18" height="18" class="gw-place"/>'
    )
    return (
        f'<g>{shape}<text x="{x:.0f}" y="{y + 24:.0f}" text-anchor="middle">'
        f"{escape(short)}</text></g>"
    )
