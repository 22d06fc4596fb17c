"""Repository of evidence: pieces with their custody, and uploads that go on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update

from data.store.audit.chain import START, Head
from data.store.history import encoded
from data.store.repositories.repository import Repository
from data.store.repositories.versioned import (
    ChangedMeanwhileError,
    histories,
    hold_all,
    newest_number,
)
from data.store.tables.records.evidence import CustodyEvent, Evidence, EvidenceUpload

PREFIX: Final = "CL"
CHAIN: Final = "custody"
"""What names the chains of custody; the number of the piece follows."""
GIVEN: Final = frozenset(each.name for each in Evidence.__table__.columns) - {
    "id", "version", "seal"
}  # fmt: skip
"""Columns of a piece that its custody gives."""


class EvidencePieces(Repository):
    """Pieces are added, and change by steps of custody alone."""

    def add(self, values: Mapping[str, Any], *, at: datetime, actor: str, action: str) -> Evidence:
        """Add a piece under the next number of its year, with the first step of its custody.

        ``values``: the columns `GIVEN` but ``evidence_no``.
        ``at``: aware time.
        """
        hold_all(self._session, Evidence)
        stem = f"{PREFIX}-{values['added_at'].year}-"
        newest = newest_number(self._session, Evidence.evidence_no, stem=stem)
        number = f"{stem}{newest + 1:04d}"
        row = {**values, "evidence_no": number}
        link = self._sealing.link(
            START, at=at, actor=actor, action=action, facts=encoded(row), chain=(CHAIN, number)
        )
        piece = Evidence(**row, version=link.number, seal=link.seal)
        self._insert(CustodyEvent, evidence_id=self._kept(piece).id, **asdict(link))
        return piece

    def append(
        self, piece: Evidence, *, at: datetime, actor: str, action: str, facts: Mapping[str, Any]
    ) -> Evidence:
        """Add the next step of a piece's custody and give the piece the values that it names.

        Raises `ChangedMeanwhileError` when somebody else added a step since the piece was read.
        """
        before = Head(piece.version, piece.seal)
        link = self._sealing.link(
            before, at=at, actor=actor, action=action, facts=encoded(facts),
            chain=(CHAIN, piece.evidence_no),
        )  # fmt: skip
        values = {name: value for name, value in facts.items() if name in GIVEN}
        held = (Evidence.id == piece.id) & (Evidence.version == before.number)
        if not self._changed(Evidence, held, **values, version=link.number, seal=link.seal):
            raise ChangedMeanwhileError("evidence_changed", seen=piece.evidence_no)
        self._insert(CustodyEvent, evidence_id=piece.id, **asdict(link))
        return self._session.get_one(Evidence, piece.id, populate_existing=True)

    def get(self, evidence_no: str) -> Evidence | None:
        """Return a piece by its number, None where there is none."""
        query = select(Evidence).where(Evidence.evidence_no == evidence_no)
        return self._session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def of_upload(self, upload: str) -> Evidence | None:
        """Return the piece that an upload became, None where it became none yet."""
        return self._session.scalars(select(Evidence).where(Evidence.upload == upload)).first()

    def custody(self, pieces: Iterable[int]) -> dict[int, list[CustodyEvent]]:
        """Return piece → its custody, the oldest step first."""
        return histories(
            self._session, CustodyEvent.evidence_id, set(pieces), by=CustodyEvent.number
        )

    def files(self) -> Sequence[str]:
        """Return the SHA-256 of every file that a piece names, sorted."""
        return sorted(self._session.scalars(select(Evidence.sha256).distinct()))

    def copies(self) -> Sequence[str]:
        """Return the SHA-256 of every blurred copy that a piece names, sorted."""
        named = Evidence.copy_sha256.is_not(None)
        found = self._session.scalars(select(Evidence.copy_sha256).where(named).distinct())
        return sorted(each for each in found if each)

    def names_file(self, sha256: str) -> bool:
        """Say whether a piece names a file, as its own or as its copy."""
        named = or_(Evidence.sha256 == sha256, Evidence.copy_sha256 == sha256)
        return self._session.scalar(select(Evidence.id).where(named).limit(1)) is not None


class EvidenceUploads(Repository):
    """Files of which a part has come."""

    def add(self, row: Mapping[str, Any]) -> EvidenceUpload:
        """Add an upload."""
        return self._kept(EvidenceUpload(**row))

    def get(self, upload: str) -> EvidenceUpload | None:
        """Return an upload as it is now, None where there is none."""
        return self._session.get(EvidenceUpload, upload, populate_existing=True)

    def of_account(self, account: str) -> Sequence[EvidenceUpload]:
        """Return an account's uploads, the newest first."""
        query = select(EvidenceUpload).where(EvidenceUpload.account == account)
        return self._session.scalars(query.order_by(EvidenceUpload.begun_at.desc())).all()

    def put(self, upload: str, **values: Any) -> None:  # noqa: ANN401 -- columns are of several kinds
        """Change an upload."""
        changing = update(EvidenceUpload).where(EvidenceUpload.id == upload).values(**values)
        self._session.execute(changing)

    def to_come(self) -> int:
        """Return how many bytes all uploads together still lack."""
        lacking = func.sum(EvidenceUpload.bytes - EvidenceUpload.received)
        return int(self._session.scalar(select(lacking)) or 0)

    def ids(self) -> set[str]:
        """Return the names of all uploads."""
        return set(self._session.scalars(select(EvidenceUpload.id)))

    def before(self, moment: datetime) -> Sequence[str]:
        """Return the uploads to which nothing came since a UTC moment."""
        return self._session.scalars(
            select(EvidenceUpload.id).where(EvidenceUpload.last_at < moment)
        ).all()

    def remove(self, uploads: Collection[str]) -> None:
        """Forget uploads."""
        self._session.execute(delete(EvidenceUpload).where(EvidenceUpload.id.in_(list(uploads))))
