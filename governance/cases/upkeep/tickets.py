"""Tickets of the lake as leads: each row of the complaints, kept in step with it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from data.contracts.case_vocabulary import Channel, TicketStatus
from data.contracts.screening.office_terms import read_terms
from data.contracts.screening.screen import screener_with
from data.store.repositories.cases.leads import KEPT_IN_STEP
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.cases.intake import IntakeResult, LeadIntake, NewLead
from governance.service import Component

TABLE: Final = "complaints"
SCREENING_TERMS: Final = "screening_terms"
"""Setting with the office's own words, as `governance.importing.screening` writes it."""
TEXTS: Final = ("row_key", "source", "ticket_no", "nature", "status", "satisfaction", "title",
                "content", "raw_address", "building_id", "community_code", "grid_code",
                "reporter_key")  # fmt: skip
_TITLE_LENGTH: Final = 40


class TicketLeads(Component):
    """Takes in the tickets that imports brought; asks nobody's permission."""

    _intake: LeadIntake

    def state(self) -> str:
        """Name the tickets and their places as they are: another name once any of it changed."""
        return self._engine.name_of_rows(TABLE)

    def keep_in_step(self, unit: UnitOfWork, actor: Actor) -> IntakeResult:
        """Take in every new ticket, and what changed of the others.

        A ticket whose import was taken back has the status `TicketStatus.WITHDRAWN`.
        """
        known = self._known(unit)
        leads = self.read(unit)
        gone = known.keys() - {lead.origin_key for lead in leads}
        leads += [_withdrawn(key, known[key]) for key in sorted(gone)]
        return self._intake.take_in(unit, leads, actor)

    def read(self, unit: UnitOfWork) -> list[NewLead]:
        """Return every ticket as a lead, as it is now."""
        rows = self._rows()
        forms = self._forms(unit, rows, self._known(unit))
        return [_lead(row, tuple(found)) for row, found in zip(_records(rows), forms, strict=True)]

    @staticmethod
    def _known(unit: UnitOfWork) -> dict[str, dict[str, Any]]:
        return {
            key: dict(zip(KEPT_IN_STEP, held[2:], strict=True))
            for key, held in unit.leads.known(TABLE).items()
        }

    def _rows(self) -> pd.DataFrame:
        table = self._engine.table(TABLE).drop_null(["received_at"])
        table = table.select(*TEXTS, "received_at", "due_at", "returned_count")
        rows: pd.DataFrame = table.to_pyarrow().to_pandas()
        texts = {name: rows[name].astype(object).where(rows[name].notna(), "") for name in TEXTS}
        return rows.assign(**texts)

    def _forms(
        self, unit: UnitOfWork, rows: pd.DataFrame, known: Mapping[str, Mapping[str, Any]]
    ) -> list[list[str]]:
        """Return the forms of each text; those of a text that is as it was are kept."""
        kept = [known.get(key) for key in rows["row_key"]]
        texts = list(zip(map(_title, _records(rows)), rows["content"], strict=True))
        same = [
            held is not None and (held["title"], held["text"]) == text
            for held, text in zip(kept, texts, strict=True)
        ]
        anew = [i for i, is_same in enumerate(same) if not is_same]
        terms = read_terms(unit.settings.get(SCREENING_TERMS, []))
        asked = ["\n".join(texts[i]) for i in anew]
        screened = screener_with(terms).screen(asked) if asked else []
        forms = [list(held["forms"]) if held else [] for held in kept]
        for i, found in zip(anew, screened, strict=True):
            forms[i] = list(found.forms)
        return forms


def _records(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(rows.columns)
    columns = [rows[name].tolist() for name in names]
    return (dict(zip(names, each, strict=True)) for each in zip(*columns, strict=True))


def _title(row: Mapping[str, Any]) -> str:
    return str(row["title"] or row["content"][:_TITLE_LENGTH])


def _lead(row: Mapping[str, Any], forms: tuple[str, ...]) -> NewLead:
    due, returned = row["due_at"], row["returned_count"]
    return NewLead(
        channel=row["source"] or Channel.OTHER.value,
        origin_table=TABLE,
        origin_key=row["row_key"],
        ticket_no=row["ticket_no"],
        nature=row["nature"],
        received_at=row["received_at"].to_pydatetime(),
        due_at=None if pd.isna(due) else due.to_pydatetime(),
        status=row["status"],
        returned=0 if pd.isna(returned) else int(returned),
        satisfaction=row["satisfaction"],
        title=_title(row),
        text=row["content"],
        address=row["raw_address"],
        building_id=row["building_id"] or None,
        community=row["community_code"],
        grid=row["grid_code"],
        forms=forms,
        reporter_hash=row["reporter_key"] or None,
    )


def _withdrawn(key: str, held: Mapping[str, Any]) -> NewLead:
    kept = dict(held) | {"status": TicketStatus.WITHDRAWN.value, "forms": tuple(held["forms"])}
    return NewLead(origin_table=TABLE, origin_key=key, **kept)
