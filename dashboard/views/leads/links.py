"""Who is behind it: parties of several buildings, a small network around one, and a table."""

from html import escape
from typing import Final

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui import pick
from dashboard.ui.frame import Page
from dashboard.ui.sections import parties
from governance.cases.links.network import Network

_SIZE, _MIDDLE, _RADIUS = 640, 320, 230
_LABEL_CHARS: Final = 12
_STYLE: Final = """<style>
line { stroke: #aab4bf; stroke-width: 1.4 } .moved { stroke: #a3123a; stroke-width: 3.5 }
circle { fill: #1f6f8b } rect { fill: #fff; stroke: #1d2733; stroke-width: 2 }
text { font: 13px sans-serif; fill: #1d2733; paint-order: stroke; stroke: #fff; stroke-width: 3px }
</style>"""


def show(page: Page) -> None:
    """Show parties of several buildings, and the network around a building."""
    page.caption(
        "Tenants, firms and contacts that are on file at more than one building, those first who "
        "came somewhere after a check where they had been. Codes stand for people; who complained "
        "is in none. Whoever is on file at very many buildings is listed and makes no link."
    )
    found = page.office.links.parties(page.actor)
    if found.empty:
        page.info("Nobody is on file at more than one building.")
        return
    parties.show(page, found, key="links_parties", export=page.say("Links"))
    names = {
        building: name
        for ids, called, hub in zip(
            found["building_ids"], found["buildings"], found["hub"], strict=True
        )
        if not hub
        for building, name in zip(ids, called, strict=True)
    }
    if not names:
        return
    building = pick.one(page.say("Around the building"), names, key="links_around")
    around = page.office.links.around(page.actor, building)
    title = page.say("Buildings and who is on file at several; a thick line: came after a check.")
    with st.container(width=_SIZE):
        st.image(drawing(around, page.say, title=title), width="stretch", caption=title)
    if around.left_out:
        page.caption("Not drawn: {n} of very many buildings.", n=around.left_out)
    here = page.office.links.of_building(page.actor, building)
    parties.show(page, here, key="links_here")


def drawing(network: Network, say: Translator, *, title: str) -> str:
    """Return a network as SVG; the table below it says the same for whoever cannot see it."""
    at = {
        node: (_MIDDLE + _RADIUS * x, _MIDDLE + _RADIUS * y)
        for node, x, y in network.nodes[["node", "x", "y"]].itertuples(index=False)
    }
    lines = [
        f'<line x1="{at[party][0]:.0f}" y1="{at[party][1]:.0f}" x2="{at[building][0]:.0f}" '
        f'y2="{at[building][1]:.0f}" class="{"moved" if moved else ""}"/>'
        for party, building, moved in network.edges.itertuples(index=False)
    ]
    shapes = [_shape(node, at, say) for node in network.nodes.itertuples(index=False)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIZE}" height="{_SIZE}" '
        f'viewBox="0 0 {_SIZE} {_SIZE}" role="img"><title>{escape(title)}</title>{_STYLE}'
        f"{''.join([*lines, *shapes])}</svg>"
    )


def _shape(node: tuple[object, ...], at: dict[str, tuple[float, float]], say: Translator) -> str:
    name, is_party, kind, label, *_ = node
    x, y = at[str(name)]
    text = str(label or say.name("link_kind", str(kind)))
    short = text if len(text) <= _LABEL_CHARS else text[: _LABEL_CHARS - 1] + "…"
    shape = (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="9"/>'
        if is_party
        else f'<rect x="{x - 9:.0f}" y="{y - 9:.0f}" width="18" height="18"/>'
    )
    below = -16 if is_party else 24
    return (
        f'<g>{shape}<text x="{x:.0f}" y="{y + below:.0f}" text-anchor="middle">'
        f"{escape(short)}</text></g>"
    )
