"""Who is on file at several buildings, as a table."""

import pandas as pd

from dashboard.documents.columns import DAY, Column
from dashboard.ui import table
from dashboard.ui.frame import Page

COLUMNS = (
    Column("label", header="Party", empty="no name on file"),
    Column("party", header="Code"),
    Column("kind", kind="link_kind", header="Known by"),
    Column("places", header="Buildings"),
    Column("elsewhere", kind="link_elsewhere", header="Elsewhere"),
    Column("visited_on", header="Checked", format=DAY),
    Column("moved_on", header="Moved", format=DAY),
    Column("hub", kind="link_hub", header="Links"),
)


def show(page: Page, parties: pd.DataFrame, *, key: str, export: str = "") -> None:
    """Show parties as `governance.cases.links.service.PARTY_COLUMNS` gives them.

    ``export`` is the title of the workbook that holds them, "" offers none.
    """
    rows = parties.assign(
        places=parties["buildings"].str.join(page.say(", ")),
        elsewhere=parties["elsewhere"].map({True: "yes", False: "no"}),
        hub=parties["hub"].map({True: "no", False: "yes"}),
    )
    table.table(page, rows, COLUMNS, key=key, export=export)
