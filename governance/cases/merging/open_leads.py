"""Leads that may be of one event with a lead of an open case."""

from typing import Final

import pandas as pd

from data.contracts.case_vocabulary import ENDED, Stage
from data.contracts.registry import TABLES
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.lake.schema import ROW_KEY
from data.store.tables.cases import Case, Lead
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.service import Component

SHOWN: Final = ("lead_id", "case_no", "stage", "channel", "ticket_no", "nature", "received_at",
                "due_at", "status", "title", "text", "address", "building_id", "community",
                "grid")  # fmt: skip
_KEPT: Final = (*SHOWN, "case_id", "caller", "related", "contact", "url")
SETTLED: Final = frozenset({Stage.MERGED, Stage.ON_HOLD})
"""Cases that nothing is put together with: one that is gone, one whose clock stands."""
_ROW_FIELDS: Final = {"related_ticket": "related", "contact_key": "contact", "url": "url"}
"""Fields of a lead's own row in the lake that tell of others."""


class OpenLeads(Component):
    """Reads the leads that an actor may put together."""

    def read(self, unit: UnitOfWork, actor: Actor) -> pd.DataFrame:
        """Return leads of open cases, and those of others that share a place or a person.

        Returns `SHOWN`, ``case_id``, ``caller``, ``related``, ``contact``, ``url``, within the
        actor's scope, ordered by lead.
        """
        leads = unit.lead_merges.leads_near(frozenset(Stage) - ENDED)
        cases = unit.cases.by_ids({lead.case_id for lead in leads})
        shown = pd.DataFrame(
            [_row(lead, cases[lead.case_id]) for lead in leads if cases[lead.case_id].stage
             not in SETTLED],
            columns=[*_KEPT, "origin_table", "origin_key"],
        )  # fmt: skip
        shown = actor.scope.of_frame(shown, grid="grid", community="community")
        return self._with_own_rows(_near_open_ones(shown)).reset_index(drop=True)

    def _with_own_rows(self, leads: pd.DataFrame) -> pd.DataFrame:
        """Add what the lake's rows of leads say: other tickets, contacts, addresses on the web."""
        parts = [leads[~leads["origin_table"].isin(TABLES)]]
        for table, some in leads.groupby("origin_table"):
            if table not in TABLES:
                continue
            fields = {each.name for each in TABLES[str(table)].fields}
            names = [name for name in _ROW_FIELDS if name in fields]
            rows = self._engine.table(str(table)).select(ROW_KEY, *names)
            stated = ask_about_texts(rows, {ROW_KEY: set(some["origin_key"])}, in_lists).to_pandas()
            stated = stated.drop_duplicates(ROW_KEY).set_index(ROW_KEY).reindex(some["origin_key"])
            columns = {
                _ROW_FIELDS[name]: stated[name].fillna("").to_numpy(object) for name in names
            }
            parts.append(some.assign(**columns))
        return pd.concat(parts).sort_values("lead_id")[list(_KEPT)]


def _row(lead: Lead, case: Case) -> tuple[object, ...]:
    shown = [getattr(lead, name) for name in SHOWN[3:]]
    rest = (lead.case_id, lead.reporter_hash or "", "", "", "")
    return lead.id, case.case_no, case.stage, *shown, *rest, lead.origin_table, lead.origin_key


def _near_open_ones(leads: pd.DataFrame) -> pd.DataFrame:
    """Keep leads of open cases, and others that share something with one of them."""
    is_open = ~leads["stage"].isin(sorted(ENDED))
    keep = is_open.copy()
    for name in ("building_id", "caller", "address"):
        known = leads[name].where(leads[name].notna(), "")
        keep |= (known != "") & known.isin(known[is_open])
    return leads[keep]
