"""What is wrong between buildings and official grids: a list of work, to be taken away."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, columns_of, sheet
from dashboard.documents.workbook import workbook
from dashboard.i18n import Translator
from dashboard.maps.layer_cache import grid_problems
from dashboard.ui import download, table
from dashboard.ui.frame import Page
from governance.importing.grid_check import EMPTY_COLUMNS, HOUSEHOLD_COLUMNS, GridProblems

_Part = tuple[str, pd.DataFrame, tuple[Column, ...], str]

_TABLE_PX = 320


def show(page: Page) -> None:
    """Show orphans, overlaps and faults of the grids, each with its count."""
    say = page.say
    with st.spinner(say("Comparing buildings and grids …")):
        problems = grid_problems(page.actor)
    if not problems.grids:
        st.info(say("There are no official grids yet. Import their borders, then look here."))
        return
    parts = _parts(problems, say=say)
    for box, (name, rows, _, _) in zip(st.columns(len(parts)), parts, strict=True):
        box.metric(name, f"{len(rows):,}")
    st.caption(
        say("{buildings} buildings and {grids} grids were compared.",
            buildings=f"{problems.buildings:,}", grids=f"{problems.grids:,}")
    )  # fmt: skip
    if all(rows.empty for _, rows, _, _ in parts):
        st.success(say("Every building lies in exactly one grid, and no border is at fault."))
        return
    for number, (name, rows, columns, explained) in enumerate(parts):
        if rows.empty:
            continue
        st.subheader(name)
        st.caption(explained)
        table.table(
            page, rows, columns, key=f"grid_check_{number}", search=False, height_px=_TABLE_PX
        )
    sheets = [
        sheet(name, rows, columns, say=say, note=explained)
        for name, rows, columns, explained in parts
    ]
    download.offer(
        page,
        say("Download as Excel"),
        made=lambda: workbook(sheets),
        file_name=f"{say('Check of the grids')}.xlsx",
        key="grid_check_excel",
    )


def _parts(problems: GridProblems, *, say: Translator) -> list[_Part]:
    """Name the lists and say what is to be done about each."""
    return [
        (
            say("Buildings outside every grid"),
            problems.orphans,
            columns_of("building_id", "name", "nearest_grid", "distance_m"),
            say("Correct the building's point or the border of the nearest grid, then import it "
                "again."),
        ),
        (
            say("Buildings in several grids"),
            problems.overlaps,
            columns_of("building_id", "name", "grid_code", "grids"),
            say("Each counts for one grid only, by a fixed rule, until the borders are parted."),
        ),
        (
            say("Faults of the borders"),
            problems.faults,
            (
                Column("fault", source="kind", kind="grid_fault"),
                Column("grids"),
                Column("area_m2", digits=0),
            ),
            say("Borders that are missing, cross themselves, lie over each other or leave gaps."),
        ),
        (
            say("Households that contradict"),
            problems.households,
            columns_of(*HOUSEHOLD_COLUMNS),
            say("The grid's own number of households is more than a tenth away from the sum over "
                "its buildings. Correct the one that is wrong, then import it again."),
        ),
        (
            say("Grids without a building"),
            problems.empty,
            (Column("empty_grid", source="grid_code"), *columns_of(*EMPTY_COLUMNS[1:])),
            say("No fault: such a grid has its row and its cells in every score, with nothing "
                "expected there."),
        ),
    ]  # fmt: skip
