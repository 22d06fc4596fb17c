"""Where a building is, its neighbours on the list, and what of it leaves as a file."""

from collections.abc import Iterable
from itertools import chain

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts import score as charts_score
from dashboard.documents.columns import Column, sheet
from dashboard.documents.evidence_rows import EVIDENCE, evidence
from dashboard.documents.workbook import Sheet
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.i18n.score_words import complaints_count, shared_words
from dashboard.maps.layer_cache import LayerChoice, map_layer, ranked_units
from dashboard.server.routes import dossier_url
from dashboard.ui import download, links
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.scores.scoring import ExplainedUnit
from risk import schema as c
from risk.explanation.evidence import EvidenceRow

_BUILDING = "building"
_POINTS = (Column("factor"), Column("points", digits=2))


def names(snapshot_id: str, rows: Iterable[EvidenceRow]) -> dict[str, str]:
    """Return the names of the buildings that rows lie in, of those that one may see."""
    building_ids = {row.building_id for row in rows if row.building_id}
    known = map_layer(LayerChoice(_BUILDING, snapshot_id))
    known = known[known["unit"].isin(building_ids)]
    return dict(zip(known["unit"], known["name"], strict=True))


def is_scored(unit: str, snapshot_id: str) -> bool:
    """Say whether a building of one's own is in a score."""
    return bool((map_layer(LayerChoice(_BUILDING, snapshot_id))["unit"] == unit).any())


def show_place(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Say where a building is: address if it has a name beside it, kind, community, grid, code."""
    known = map_layer(LayerChoice(_BUILDING, snapshot_id))
    for row in known[known["unit"] == unit].to_dict("records"):
        grid = page.say("grid {code}", code=row["grid_code"]) if row.get("grid_code") else ""
        address = "" if row.get("std_address") == row["name"] else row.get("std_address")
        parts = (address, row.get("kind"), row.get("community"), grid, unit)
        st.markdown(" · ".join(plain(part) for part in parts if part))


def show_way(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Lead back to the list, and to the buildings before and after this one on it."""
    say = page.say
    ranked = ranked_units(LayerChoice(_BUILDING, snapshot_id))
    found = np.flatnonzero(ranked["unit"] == unit)
    at = int(found[0]) if len(found) else None
    with st.container(horizontal=True, vertical_alignment="center", key="building_way"):
        st.button(say("Back to the list"), on_click=open_unit, args=(None,), type="tertiary")
        if at is None:
            return
        for step, label in ((-1, say("‹ Before it")), (1, say("After it ›"))):
            other = at + step
            st.button(
                label,
                key=f"building_step_{step}",
                disabled=not 0 <= other < len(ranked),
                on_click=open_unit,
                args=(ranked["unit"].iloc[other] if 0 <= other < len(ranked) else None,),
                help=plain(ranked["name"].iloc[other]) if 0 <= other < len(ranked) else None,
            )
        community = str(ranked["community"].iloc[at] or "")
        st.caption(" › ".join(each for each in (say("Building"), community) if each))


def open_unit(unit: str | None) -> None:
    """Open another building, or the list."""
    st.session_state["building_search"] = ""
    links.open_here("unit", unit)


def offer(page: Page, explanation: ExplainedUnit) -> None:
    """Offer the dossier as a workbook and as a page to print, to who may export."""
    if not may(page.actor, Action.EXPORT):
        return
    title, say = explanation.name or explanation.unit, page.say
    with st.container(horizontal=True):
        st.link_button(
            say("Dossier to print (A4)"),
            dossier_url(explanation.snapshot_id, explanation.unit, say.language),
        )
        download.offer_sheets(
            page,
            title,
            sheets=lambda: workbook_sheets(explanation, title=title, say=say),
            key="building_excel",
            building_id=explanation.unit,
        )


def _hundredths(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points in hundredths that add up to the last of them, the total, as all of them do.

    The largest remainders are rounded up, as seats are given to parties.
    """
    parts, total = 100 * points[:-1], round(100 * points[-1])
    whole = np.floor(parts)
    missing = int(total - whole.sum())
    whole[np.argsort(whole - parts, kind="stable")[:missing]] += 1
    return np.append(whole, total) / 100


def workbook_sheets(explanation: ExplainedUnit, *, title: str, say: Translator) -> list[Sheet]:
    """Return the points of a building and the rows behind each factor, a sheet each."""
    points: pd.DataFrame = charts_score.points_table(explanation.points, say=say)
    points = points.assign(points=_hundredths(points["points"].to_numpy(float)))
    note = say(
        "As of {day} · snapshot {snapshot}", day=explanation.as_of, snapshot=explanation.snapshot_id
    )
    disclaimer = say("A score is a reason to look, never a finding.")
    first = sheet(say("Points"), points, _POINTS, say=say, note=f"{title} · {note} · {disclaimer}")
    notes = {
        c.COMPLAINTS: complaints_count(explanation, say=say),
        c.HISTORY_WORDS: shared_words(explanation, say=say),
    }
    known = names(explanation.snapshot_id, chain.from_iterable(explanation.rows.values()))
    rows = [
        sheet(
            say.name("factor", name), evidence(rows, names=known, say=say), EVIDENCE, say=say,
            note=notes.get(name, ""),
        )
        for name, rows in explanation.rows.items()
        if rows
    ]  # fmt: skip
    return [first, *rows]
