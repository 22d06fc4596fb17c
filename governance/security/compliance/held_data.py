"""Where something is held about a person who is known by a telephone number."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.quarantine.store import imports_of_cell
from data.lake.schema import ROW_KEY
from data.privacy.identities import KEY, PHONE
from data.privacy.pseudonyms import key_column
from data.privacy.sealed_text import open_text
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.cases.public_reports.receipts import contact_key
from governance.cases.public_reports.scrub import reporter_hash
from governance.service import Component

HASHED = {"complaints": ("reporter_key", "ticket_no"), "adverts": ("contact_key", "row_key")}
"""Tables of the lake that know a person by a hash: its column, what a row is called by."""

STAFF = "persons"


class PhoneUnreadableError(GridwardenError):
    """No telephone number can be read from what was typed."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held about one person."""

    person: str
    """Keyed hash by which the workspace knows them."""
    identities: Mapping[str, tuple[str | None, ...]]
    """Import → keys of the rows of which name or number are kept; None for a row in quarantine."""
    contacts: Mapping[int, str]
    """Public reports of which name or number are kept: id → receipt number."""
    hashed: Mapping[str, tuple[str, ...]]
    """Table → what rows are called of which any version knows the person by the hash alone; of
    those in quarantine their import."""
    leads: tuple[str, ...]
    """Numbers of leads that do."""
    staff: tuple[str, ...]
    """Numbers in the table of staff of whom any version has the telephone number as it was sent."""


class HeldData(Component):
    """Finds what is held about people; asks nobody's permission."""

    def person_of(self, phone: str) -> str:
        """Return the keyed hash of who has a telephone number.

        Raises `PhoneUnreadableError` when what was typed is no number.
        """
        digits = "".join(each for each in phone if each.isdecimal())
        key = reporter_hash(self._workspace.secret, name="", phone=phone) if digits else None
        if key is None:
            raise PhoneUnreadableError("phone_unreadable")
        return key

    def find(self, unit: UnitOfWork, person: str) -> Held:
        """Return everything that is held about a person, by their keyed hash."""
        kept = self._workspace.identities
        found = {name: self.rows_of(kept.read(name), person) for name in kept.imports()}
        identities = {
            name: tuple(rows[ROW_KEY].to_pylist()) for name, rows in found.items() if len(rows)
        }
        return Held(
            person=person,
            identities=identities,
            contacts=self._contacts(unit, person),
            hashed={table: self._hashed(table, person) for table in HASHED}
            | {"quarantine": tuple(imports_of_cell(self._workspace, person))},
            leads=tuple(unit.leads.numbers_of_reporter(person)),
            staff=self._staff(person),
        )

    def _staff(self, person: str) -> tuple[str, ...]:
        rows = self._engine.versions(STAFF).select("person_id", ROW_KEY, "phone").to_pyarrow()
        known = self._knows(rows["phone"], person)
        names = pc.coalesce(rows["person_id"], rows[ROW_KEY]).filter(known)
        return tuple(sorted({*names.to_pylist()}))

    def _knows(self, phones: pa.ChunkedArray, person: str) -> pa.Array:
        keys = key_column([phones.combine_chunks()], secret=self._workspace.secret)
        return pc.fill_null(pc.equal(keys, person), fill_value=False)

    def rows_of(self, rows: pa.Table, person: str, *, others: bool = False) -> pa.Table:
        """Return the rows of a person from those kept apart, or all others."""
        known = pc.fill_null(pc.equal(rows[KEY].combine_chunks(), person), fill_value=False)
        theirs = pc.or_(known, self._knows(rows[PHONE], person))
        return rows.filter(pc.invert(theirs) if others else theirs)

    def forget_undone(self, unit: UnitOfWork) -> None:
        """Forget who reported leads whose rows no import brings any more."""
        for table in HASHED:
            if of := unit.leads.with_reporter(table):
                rows = self._engine.versions(table).select(ROW_KEY).distinct().to_pyarrow()
                undone = of.keys() - {*rows[ROW_KEY].to_pylist()}
                unit.leads.forget_reporters([of[key] for key in undone])

    def _contacts(self, unit: UnitOfWork, person: str) -> dict[int, str]:
        secret, found = self._workspace.secret, {}
        for report, receipt, sealed in unit.public_reports.contacts():
            who = json.loads(open_text(contact_key(secret), sealed, about=receipt))
            if reporter_hash(secret, name="", phone=who["phone"]) == person:
                found[report] = receipt
        return found

    def _hashed(self, table: str, person: str) -> tuple[str, ...]:
        column, name = HASHED[table]
        rows = self._engine.versions(table)
        found = rows.filter(rows[column] == person).select(name).distinct().to_pyarrow()
        return tuple(sorted(str(each) for each in found[name].to_pylist()))
