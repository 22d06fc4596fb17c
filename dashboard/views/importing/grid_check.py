"""What is wrong between buildings and official grids: a list of work, to be taken away."""

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, columns_of, sheet
from dashboard.i18n import Translator
from dashboard.maps.layer_cache import grid_problems
from dashboard.ui import download, parts, table
from dashboard.ui.frame import Page
from dashboard.ui.parts import Figure
from governance.importing.grid_check import EMPTY_COLUMNS, HOUSEHOLD_COLUMNS, GridProblems

_List = tuple[str, pd.DataFrame, tuple[Column, ...], str]

_TABLE_PX = 320
ENDED = (
    Column("empty_grid", source="grid_code"),
    Column("name"),
    Column("grid_ended_on", source="ended_on"),
    Column("replaced_by"),
)
FAULTS = (
    Column("fault", source="kind", kind="grid_fault"),
    Column("grids"),
    Column("area_m2", digits=0),
)


def show(page: Page) -> None:
    """Show orphans, overlaps and faults of the grids, each with its count."""
    say = page.say
    with st.spinner(say("Comparing buildings and grids …")):
        problems = grid_problems(page.actor)
    if not problems.grids:
        page.info("There are no official grids yet. Import their borders, then look here.")
        return
    lists = _lists(problems, say=say)
    parts.show_figures([Figure(name, f"{len(rows):,}") for name, rows, _, _ in lists], key="grids")
    page.caption("{buildings} buildings and {grids} grids were compared.",
                 buildings=problems.buildings, grids=problems.grids)  # fmt: skip
    if all(rows.empty for _, rows, _, _ in lists):
        page.success("Every building lies in exactly one grid, and no border is at fault.")
        return
    for number, (name, rows, columns, explained) in enumerate(lists):
        if not rows.empty:
            page.heading(name)
            st.caption(explained)
            key = f"grid_check_{number}"
            table.table(page, rows, columns, key=key, search=False, height_px=_TABLE_PX)
    download.offer_sheets(
        page,
        say("Check of the grids"),
        sheets=lambda: [
            sheet(name, rows, columns, say=say, note=explained)
            for name, rows, columns, explained in lists
        ],
        key="grid_check_excel",
    )


def _lists(problems: GridProblems, *, say: Translator) -> list[_List]:
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
            FAULTS,
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
        (
            say("Grids no longer in force"),
            problems.ended,
            ENDED,
            say("Ended by their own date, or other grids of a later import are in their place: "
                "nothing counts there any more. To bring one back, take that import back."),
        ),
    ]  # fmt: skip
