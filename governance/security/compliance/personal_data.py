"""What is held about a person, how long names and numbers are kept, and how they are erased.

Who answers a person sees where something is held, never what; who erases sees counts alone. The
audit log names the person by the keyed hash of their number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.case_vocabulary import Stage
from data.integrity.kept_photos import count_photos, erase_unshown_photos
from data.integrity.undone_imports import erase_undone
from data.lake.manifest import Manifest
from data.lake.schema import ROW_KEY
from data.privacy.identities import ERASED
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require_whole
from governance.cases.public_reports.report_keeper import ORIGIN
from governance.security.compliance.held_data import HASHED, STAFF, Held, HeldData
from governance.security.compliance.short_lived import ShortLived
from governance.service import Service

REPORT_COLUMNS = ("data", "number", "held")
RETENTION_COLUMNS = ("data", "keep_days", "held", "past")
IDENTITIES, CONTACTS, UNDONE = "identities", "public_contacts", "undone_imports"
PHOTOS = "photos"


class ErasureReasonError(GridwardenError):
    """Nothing says why somebody's data are to be erased."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many names and numbers were erased: kept with imports, and with public reports.

    ``undone_rows``: rows of imports that were taken back, those in quarantine too.
    ``photos``: photos of visits that were taken back, and of no visit or report.
    """

    identities: int
    contacts: int
    undone_rows: int = 0
    photos: int = 0


class PersonalDataService(Service):
    """Services about the personal data that the workspace holds."""

    _held: HeldData
    _short_lived: ShortLived

    def report(self, actor: Actor, phone: str) -> pd.DataFrame:
        """Return where something is held about who has a telephone number; that is logged first.

        Returns ``data`` (identities, public_contacts, complaints, adverts, quarantine, leads,
        persons), ``number`` (import, receipt, ticket, lead or number in the table of staff),
        ``held`` (``encrypted``, ``hash``; ``sent``: as it was sent, which no erasure takes). A row
        that came again in another version counts as long as any version knows them. A name or
        number that stands masked in a text is not found: nothing says whose it was.

        Raises `NotAllowedError` when the actor does not answer people for the whole street.
        Raises `PhoneUnreadableError` when what was typed is no number.
        """
        require_whole(actor, Action.ANSWER_SUBJECTS)
        person = self._held.person_of(phone)
        self._record(actor, Action.ANSWER_SUBJECTS, person=person)
        with self._workspace.store.begin() as unit:
            held = self._held.find(unit, person)
        return pd.DataFrame(_lines(held), columns=list(REPORT_COLUMNS))

    def erase(self, actor: Actor, phone: str, *, reason: str) -> Erased:
        """Erase the names and numbers that are kept of a person; what they reported stays.

        Raises `NotAllowedError` when the actor does not erase for the whole street.
        Raises `ErasureReasonError` when no reason is given.
        Raises `PhoneUnreadableError` when what was typed is no number.
        """
        require_whole(actor, Action.ERASE_PERSONAL)
        if not reason.strip():
            raise ErasureReasonError("erasure_reason_missing")
        person = self._held.person_of(phone)
        with self._workspace.lock():
            with self._workspace.store.begin() as unit:
                held = self._held.find(unit, person)
            kept = self._workspace.identities
            left = {
                name: self._held.rows_of(kept.read(name), person, others=True)
                for name in held.identities
            }
            facts = {"person": person, "reason": reason.strip()}
            return self._erase(actor, left, list(held.contacts), facts)

    def retention(self, actor: Actor) -> pd.DataFrame:
        """Say what would be erased now by how long the settings let it be kept; change nothing.

        Who reported what a case is about that was taken on and has not ended, a case on hold too,
        is kept until it ends; who is still to be paid a reward, until it is paid; who asked for one
        of a case that was closed, until somebody decides about it.

        Returns ``data``, ``keep_days`` (0: as long as its import or report), ``held`` and ``past``
        rows: names and numbers of imports, and of public reports; whole rows of imports that were
        taken back, which nothing reads any more; photos, of which nothing shows those ``past``.
        """
        require_whole(actor, Action.ERASE_PERSONAL)
        keep = self._workspace.settings.privacy
        kept = self._workspace.identities
        imports = {name: kept.read(name).num_rows for name in kept.imports()}
        with self._workspace.store.begin() as unit:
            left = self._left_of_past(unit)
            contacts = len(list(unit.public_reports.contacts()))
            past_contacts = len(self._past_contacts(unit))
            photos = count_photos(self._workspace, unit)
        rows = [
            (IDENTITIES, keep.identities_days, sum(imports.values()),
             sum(imports[name] - len(rows) for name, rows in left.items())),
            (CONTACTS, keep.contacts_days, contacts, past_contacts),
            (UNDONE, 0, undone := _rows_of(self._workspace.lake.undone_with_rows()), undone),
            (PHOTOS, 0, *photos),
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(RETENTION_COLUMNS))

    def apply_retention(self, actor: Actor) -> Erased:
        """Erase what was kept for as long as the settings say, and what nothing shows any more."""
        require_whole(actor, Action.ERASE_PERSONAL)
        with self._workspace.lock():
            with self._workspace.store.begin() as unit:
                left, contacts = self._left_of_past(unit), self._past_contacts(unit)
                photos = count_photos(self._workspace, unit)[1]
            undone = self._workspace.lake.undone_with_rows()
            facts = {"reason": "retention"}
            erased = self._erase(actor, left, contacts, facts, undone=undone, photos=photos)
            erase_undone(self._workspace, undone)
            erase_unshown_photos(self._workspace)
            self._short_lived.forget()
        return erased

    def _erase(
        self,
        actor: Actor,
        left: Mapping[str, pa.Table],
        contacts: list[int],
        facts: Mapping[str, object],
        *,
        undone: Sequence[Manifest] = (),
        photos: int = 0,
    ) -> Erased:
        """Erase; the line comes first, so that what a crash leaves is found and erased again."""
        kept = self._workspace.identities
        count = sum(kept.read(name).num_rows - len(rows) for name, rows in left.items())
        erased = Erased(count, len(contacts), _rows_of(undone), photos)
        with self._workspace.store.begin() as unit:
            counts = {name: len(rows) for name, rows in left.items()}
            unit.settings.put(ERASED, {**unit.settings.get(ERASED, {}), **counts})
            unit.public_reports.forget_contacts(contacts)
            self._held.forget_undone(unit)
            self._commit(unit, actor, Action.ERASE_PERSONAL, **facts, **asdict(erased))
        self._workspace.store.forget_deleted()
        for name, rows in left.items():
            kept.replace(name, rows)
        return erased

    def _left_of_past(self, unit: UnitOfWork) -> dict[str, pa.Table]:
        """Return what stays of the imports whose names and numbers were kept long enough."""
        days = self._workspace.settings.privacy.identities_days
        if not days:
            return {}
        kept, before = self._workspace.identities, self._local_now() - timedelta(days=days)
        in_work = {table: unit.leads.in_work(table) for table in HASHED}
        past = {each.import_id: each.table for each in self._workspace.lake.imports()
                if each.imported_at < before}  # fmt: skip
        left = {}
        for name in past.keys() & set(kept.imports()):
            rows = kept.read(name)
            keys = pa.array(in_work.get(past[name], []), rows[ROW_KEY].type)
            stays = rows.filter(pc.is_in(rows[ROW_KEY], keys))
            if len(stays) < len(rows):
                left[name] = stays
        return left

    def _past_contacts(self, unit: UnitOfWork) -> list[int]:
        days = self._workspace.settings.privacy.contacts_days
        if not days:
            return []
        before: datetime = self.clock.utc() - timedelta(days=days)
        closed = {*unit.leads.in_work(ORIGIN, also=[Stage.CLOSED])}
        undecided = {str(each) for each in unit.public_reports.undecided_rewards()}
        kept = {*unit.leads.in_work(ORIGIN)} | (closed & undecided)
        return [n for n in unit.public_reports.contacts_before(before) if str(n) not in kept]


def _rows_of(manifests: Sequence[Manifest]) -> int:
    return sum(manifest.rows_stored + manifest.quarantined for manifest in manifests)


def _lines(held: Held) -> list[tuple[str, str, str]]:
    lines = [
        (IDENTITIES, name, "encrypted") for name, rows in held.identities.items() for _ in rows
    ]
    lines += [(CONTACTS, receipt, "encrypted") for receipt in held.contacts.values()]
    lines += [(table, each, "hash") for table, rows in held.hashed.items() for each in rows]
    lines += [("leads", each, "hash") for each in held.leads]
    return lines + [(STAFF, each, "sent") for each in held.staff]
