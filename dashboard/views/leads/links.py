"""Who is behind it: parties of several buildings, a small network around one, and a table."""

from typing import Final

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.ui import pick
from dashboard.ui.frame import Page
from dashboard.ui.sections import parties
from governance.cases.links.network import Network

_SIZE, _MIDDLE, _RADIUS = 640, 320, 230
_LABEL_CHARS: Final = 12


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
        picture = drawing(around, page.say, title=title)
        st.image(picture, width="stretch", caption=title, alt=names[building])
    if around.left_out:
        page.caption("Not drawn: {n} of very many buildings.", n=around.left_out)
    related = page.office.links.of_building(page.actor, building)
    parties.show(page, related, key="links_here")


def drawing(network: Network, say: Translator, *, title: str) -> str:
    """Return a network as SVG; the table below it says the same for whoever cannot see it."""
    at = {
        node: (round(_MIDDLE + _RADIUS * x), round(_MIDDLE + _RADIUS * y))
        for node, x, y in network.nodes[["node", "x", "y"]].itertuples(index=False)
    }
    lines = [(at[party], at[building], moved)
             for party, building, moved in network.edges.itertuples(index=False)]  # fmt: skip
    nodes = [
        (at[node], is_party, _short(str(label or say.name("link_kind", str(kind)))))
        for node, is_party, kind, label, *_ in network.nodes.itertuples(index=False)
    ]
    return render("pages/network.svg", size=_SIZE, title=title, lines=lines, nodes=nodes)


def _short(text: str) -> str:
    return text if len(text) <= _LABEL_CHARS else text[: _LABEL_CHARS - 1] + "…"
