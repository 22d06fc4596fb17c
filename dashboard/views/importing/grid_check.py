"""What is wrong between buildings and official grids: a list of work, to be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.documents.workbook import Sheet, workbook
from dashboard.maps.layer_cache import grid_problems
from dashboard.ui import download, frame
from dashboard.ui.tables import unit_table

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.i18n import Words
    from dashboard.ui.frame import Page
    from governance.importing.grid_check import GridProblems

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
    for column, (name, table, _) in zip(st.columns(len(parts)), parts, strict=True):
        column.metric(name, f"{len(table):,}")
    st.caption(
        say("{buildings} buildings and {grids} grids were compared.",
            buildings=f"{problems.buildings:,}", grids=f"{problems.grids:,}")
    )  # fmt: skip
    if all(table.empty for _, table, _ in parts):
        st.success(say("Every building lies in exactly one grid, and no border is at fault."))
        return
    for number, (name, table, explained) in enumerate(parts):
        if table.empty:
            continue
        st.subheader(name)
        st.caption(explained)
        st.dataframe(
            table, hide_index=True, placeholder=frame.NOTHING,
            height=min(_TABLE_PX, 40 + 35 * len(table)),
            key=f"grid_check_{number}", column_config=unit_table.column_names(table, say=say),
        )  # fmt: skip
    sheets = [
        Sheet(name, table, headers=unit_table.headers(table, say=say), note=explained)
        for name, table, explained in parts
    ]
    download.offer(
        page,
        say("Download as Excel"),
        made=lambda: workbook(sheets),
        file_name=f"{say('Check of the grids')}.xlsx",
        key="grid_check_excel",
    )


def _parts(problems: GridProblems, *, say: Words) -> list[tuple[str, pd.DataFrame, str]]:
    """Name the lists and say what is to be done about each."""
    faults = problems.faults.assign(
        kind=[say.name("grid_fault", str(kind)) for kind in problems.faults["kind"]],
        area_m2=problems.faults["area_m2"].round(),
    )
    return [
        (
            say("Buildings outside every grid"),
            problems.orphans,
            say("Correct the building's point or the border of the nearest grid, then import it "
                "again."),
        ),
        (
            say("Buildings in several grids"),
            problems.overlaps,
            say("Each counts for one grid only, by a fixed rule, until the borders are parted."),
        ),
        (
            say("Faults of the borders"),
            faults.rename(columns={"kind": "fault"}),
            say("Borders that are missing, cross themselves, lie over each other or leave gaps."),
        ),
        (
            say("Households that contradict"),
            problems.households,
            say("The grid's own number of households is more than a tenth away from the sum over "
                "its buildings. Correct the one that is wrong, then import it again."),
        ),
        (
            say("Grids without a building"),
            problems.empty.rename(columns={"grid_code": "empty_grid"}),
            say("No fault: such a grid has its row and its cells in every score, with nothing "
                "expected there."),
        ),
    ]  # fmt: skip
