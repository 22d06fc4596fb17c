"""On no list: buildings with signals that no register and no decision names, by their score."""

import pandas as pd

from dashboard.documents.columns import DAY, LOCALIZED, Column
from dashboard.i18n import Translator
from dashboard.ui import table
from dashboard.ui.frame import Page
from governance.cases.unlisted.signals import SIGNALS

_COLUMNS = (
    Column("rank"),
    Column("tier", kind="tier"),
    Column("name"),
    Column("why", header="Why"),
    Column("score", format=LOCALIZED, digits=1),
    Column("newest", header="Newest signal", format=DAY),
    Column("building_id", hidden=True),
)


def show(page: Page) -> None:
    """Show buildings on no list, the highest score first; a row opens its building."""
    page.caption(
        "Buildings with signals within a year where no institution is registered or was visited "
        "and nothing was decided, in the order of the score. A signal is a reason to look, never "
        "a finding."
    )
    found = page.office.unlisted.buildings(page.actor)
    if found.empty:
        page.info("No building with a signal is on no list.")
        return
    rows = found.assign(why=_why(found, page.say))
    table.of_buildings(page, rows, _COLUMNS, unit="building_id", key="unlisted", search=True,
                       export=page.say("On no list"))  # fmt: skip


def _why(found: pd.DataFrame, say: Translator) -> list[str]:
    """Return in words what points at each building."""
    kinds = [name for name in (*SIGNALS, "moved_in") if name in found]
    counts = list(found[kinds].itertuples(index=False, name=None))
    written = {
        each: " · ".join(
            f"{say.name('unlisted_signal', kind)} {count}"
            for kind, count in zip(kinds, each, strict=True)
            if count
        )
        for each in set(counts)
    }
    return [written[each] for each in counts]
