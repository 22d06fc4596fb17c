"""The ledger in the office's form: as a workbook, and as a page to print on A4."""

from typing import Final

import pandas as pd

from dashboard.documents.columns import DAY, Column, sheet
from dashboard.documents.reports.paper import report_page, table_section
from dashboard.documents.workbook import Sheet, workbook
from dashboard.i18n import Translator
from data.store.repositories.records.ledger_lists import LedgerQuery
from governance.access.permissions import Actor
from governance.office import Office

LINES: Final = (
    Column("number", header="No."),
    Column("ledger_no", header="Ledger no."),
    Column("kind", kind="ledger_kind", header="About"),
    Column("shown", header="Name or place"),
    Column("community_name", header="Community"),
    Column("in_on", header="On since", format=DAY),
    Column("in_reason", kind="ledger_reason", header="Reason"),
    Column("tier", kind="tier"),
    Column("cadence", kind="ledger_cadence", header="Visited"),
    Column("owner", header="Who answers", empty="not assigned"),
    Column("last_on", header="Last visit", format=DAY),
    Column("next_on", header="Visited next", format=DAY),
    Column("status", kind="ledger_status", header="Where it stands"),
    Column("days_on", header="Days on the ledger"),
    Column("out_on", header="Off since", format=DAY, optional=True),
    Column("out_reason", header="Why it left", optional=True),
)
"""Columns of the office's form, in its order."""


def as_shown(rows: pd.DataFrame, people: dict[str, str]) -> pd.DataFrame:
    """Return lines with what a table shows of them: a running number, one name, who answers."""
    named = rows["name"].where(rows["name"] != "", rows["place"])
    named = named.where(named != "", rows["address"])
    return rows.assign(
        number=range(1, len(rows) + 1),
        shown=named,
        owner=[people.get(each or "", each or "") for each in rows["owner_id"]],
    )


def ledger_workbook(office: Office, actor: Actor, query: LedgerQuery, *, say: Translator) -> bytes:
    """Return the asked-for lines as a workbook; it is written down as an export.

    Raises `NotAllowedError` when the actor does not see the ledger, or may not export.
    """
    title = say("Ledger of key places")
    rows = _rows(office, actor, query, file=f"{title}.xlsx")
    told = office.settings(actor)
    note = say("{office} · {day} · filled in by ________ · checked by ________",
               office=told.name, day=office.clock.today())  # fmt: skip
    made: Sheet = sheet(title, rows, LINES, say=say, note=note)
    return workbook([made])


def ledger_page(office: Office, actor: Actor, query: LedgerQuery, *, say: Translator) -> str:
    """Return the asked-for lines as a page to print; it is written down as an export.

    Raises `NotAllowedError` when the actor does not see the ledger, or may not export.
    """
    title = say("Ledger of key places")
    rows = _rows(office, actor, query, file=f"{title}.html")
    shown = [each for each in LINES if each.name not in {"kind", "owner", "out_on", "out_reason"}]
    return report_page(
        title,
        office=office.settings(actor).name,
        note=say("{day} · filled in by ________ · checked by ________", day=office.clock.today()),
        facts={say("Lines"): f"{len(rows):,}"},
        sections=[table_section(say("Lines"), rows, shown, say=say)],
        say=say,
    )


def _rows(office: Office, actor: Actor, query: LedgerQuery, *, file: str) -> pd.DataFrame:
    people = dict(office.case_desk.people(actor))
    return as_shown(office.ledger_paper.rows(actor, query, file=file), people)
