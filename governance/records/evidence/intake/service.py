"""Files that come as lead material: in pieces that go on after a break, then whole at once."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from data.contracts.evidence_vocabulary import EvidenceState, Origin
from data.integrity.evidence_intake import originals_of, take_in
from data.integrity.file_changes import FileKind
from data.store.tables.records.evidence import EvidenceUpload
from data.store.unit_of_work import UnitOfWork
from data.workspace.content_store import ContentError
from data.workspace.settings import read_section
from governance.access.permissions import Action, Actor, require
from governance.cases.public_reports.office_side import PublicReportService
from governance.records.evidence.description import EvidenceError, clean_name, columns_of
from governance.records.evidence.intake.uploads import OpenUploads
from governance.records.evidence.intake.whole_file import complete, read_whole
from governance.records.evidence.places import EvidencePlaces
from governance.records.evidence.settings import SECTION, EvidenceRules
from governance.service import Service
from governance.visits.photos import PhotoService

MOST_PIECE_BYTES: Final = 4 * 1_048_576
VISIT, PUBLIC_REPORT = "visit", "public_report"
"""Where a photo is kept that is taken up as lead material."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload: its token, the file, and how many of its bytes have come."""

    upload: str
    filename: str
    bytes: int
    received: int

    @classmethod
    def of_row(cls, row: EvidenceUpload) -> "Upload":
        """Return what a row says."""
        return cls(row.id, row.filename, row.bytes, row.received)


class EvidenceIntakeService(Service):
    """Services by which a file becomes lead material; an upload is its account's alone."""

    _places: EvidencePlaces
    _uploads: OpenUploads
    _photos: PhotoService
    _reports: PublicReportService

    def begin(
        self, actor: Actor, filename: str, size: int, *, modified: str = "",
        told: Mapping[str, str] | None = None,
    ) -> Upload:  # fmt: skip
        """Begin an upload, or go on with the unfinished one of the same file.

        ``size``: of the whole file, bytes.
        ``modified``: the file's own time; with name and size it tells a file that is sent again.
        ``told``: some of `governance.records.evidence.description.TOLD`.

        Raises `EvidenceError`: ``evidence_empty``, ``evidence_too_large``, ``uploads_too_many``, or
        what is told is wrong.
        Raises `ContentError`: ``disk_full`` where there is no room for it.
        """
        require(actor, Action.ADD_EVIDENCE)
        rules, name = self.rules(actor), clean_name(filename)
        if size < 1:
            raise EvidenceError("evidence_empty", seen=name)
        if size > rules.largest_bytes:
            raise EvidenceError("evidence_too_large", seen=size, expected=rules.largest_bytes)
        self._uploads.clean(rules)
        with self._workspace.store.begin() as unit:
            piece = self._columns(unit, actor, told or {})
            row = self._uploads.known(unit, actor, (name, size, modified))
            if row is None:
                self._uploads.check_room(unit, actor, size, rules)
                row = unit.evidence_uploads.add(
                    {"id": secrets.token_hex(16), "account": actor.id, "filename": name,
                     "bytes": size, "modified": modified, "received": 0, "piece": piece,
                     "begun_at": self.clock.utc(), "last_at": self.clock.utc()}
                )  # fmt: skip
            else:
                unit.evidence_uploads.put(row.id, piece=piece)
            found = Upload.of_row(row)
            unit.commit()
        return found

    def piece(self, actor: Actor, upload: str, part: bytes, *, offset: int, sha256: str) -> Upload:
        """Take in the next piece of an upload; it is on the disk when this returns.

        Raises `EvidenceError`: ``upload_missing``, ``upload_offset`` where other bytes are to come
        next, ``piece_changed`` or ``upload_too_long``.
        Raises `ContentError`: ``disk_full``, ``disk_failed`` or ``upload_lost``: then it begins at
        0 again.
        """
        require(actor, Action.ADD_EVIDENCE)
        if not hmac.compare_digest(hashlib.sha256(part).hexdigest(), sha256.lower()):
            raise EvidenceError("piece_changed")
        with self._uploads.holding(upload), self._workspace.store.begin() as unit:
            row = self._uploads.own(unit, actor, upload)
            if offset != row.received:
                raise EvidenceError("upload_offset", seen=offset, expected=row.received)
            if offset + len(part) > row.bytes or len(part) > MOST_PIECE_BYTES:
                raise EvidenceError("upload_too_long", seen=offset + len(part))
            try:
                self._uploads.files.write(upload, part, at=offset)
            except ContentError as error:
                if error.code == "upload_lost":
                    unit.evidence_uploads.put(upload, received=0)
                    unit.commit()
                raise
            received = offset + len(part)
            unit.evidence_uploads.put(upload, received=received, last_at=self.clock.utc())
            found = Upload(upload, row.filename, row.bytes, received)
            unit.commit()
        return found

    def finish(self, actor: Actor, upload: str, *, sha256: str) -> str:
        """Make a whole upload lead material and return its number; again returns it again.

        ``sha256``: of the whole file, as who sent it computed it.

        Raises `EvidenceError`: ``upload_missing``, ``upload_incomplete``; and once the upload is
        deleted ``upload_changed``, ``evidence_type_unknown`` or ``evidence_kind_differs``.
        Raises `ContentError`: ``disk_full`` or ``disk_failed``: finish again later.
        """
        require(actor, Action.ADD_EVIDENCE)
        with self._uploads.holding(upload):
            with self._workspace.store.begin() as unit:
                done = unit.evidence.of_upload(upload)
                if done is not None and done.added_by == actor.id:
                    return done.evidence_no
                row = self._uploads.own(unit, actor, upload)
                if row.received != row.bytes:
                    raise EvidenceError("upload_incomplete", seen=row.received, expected=row.bytes)
                digest = self._checked(unit, row, sha256.lower())
                unit.commit()
            number = self._keep(actor, upload, digest)
            self._uploads.files.remove(upload)
        return number

    def drop(self, actor: Actor, upload: str) -> None:
        """Give an unfinished upload up.

        Raises `EvidenceError`: ``upload_missing``.
        """
        require(actor, Action.ADD_EVIDENCE)
        with self._uploads.holding(upload), self._workspace.store.begin() as unit:
            self._uploads.own(unit, actor, upload)
            self._uploads.forget(unit, [upload])

    def unfinished(self, actor: Actor) -> list[Upload]:
        """Return the actor's uploads that are not finished, the newest first."""
        require(actor, Action.ADD_EVIDENCE)
        with self._workspace.store.begin() as unit:
            return [Upload.of_row(row) for row in unit.evidence_uploads.of_account(actor.id)]

    def rules(self, actor: Actor) -> EvidenceRules:
        """Return how large a file may be, and how many uploads go on at once."""
        require(actor, Action.ADD_EVIDENCE)
        return read_section(self._workspace.settings, SECTION, EvidenceRules)

    def take_up(self, actor: Actor, source: str, sha256: str, *, case_no: str = "") -> str:
        """Copy a photo of a visit or of a public report as lead material; return its number.

        ``source``: ``visit`` or ``public_report``.

        Raises `NotAllowedError` when the actor adds no evidence, or may not see the photo.
        Raises `PhotoError` when there is none.
        """
        require(actor, Action.ADD_EVIDENCE)
        told = {"case_no": case_no, "kind": "照片"}
        if source == VISIT:
            content = self._photos.read(actor, sha256)
            with self._workspace.store.begin() as unit:
                places = unit.visits.buildings_of_photo(sha256)
            told |= {"origin": Origin.PUBLIC_PLACE.value, "building_id": places[0]}
        elif source == PUBLIC_REPORT:
            content, told["origin"] = self._reports.photo(actor, sha256), Origin.PEOPLE.value
        else:
            raise EvidenceError("evidence_source_unknown", seen=source)
        begun = self.begin(actor, f"{sha256[:12]}.jpg", len(content), told=told)
        while begun.received < begun.bytes:
            part = content[begun.received : begun.received + MOST_PIECE_BYTES]
            begun = self.piece(actor, begun.upload, part, offset=begun.received,
                               sha256=hashlib.sha256(part).hexdigest())  # fmt: skip
        return self.finish(actor, begun.upload, sha256=hashlib.sha256(content).hexdigest())

    def _columns(self, unit: UnitOfWork, actor: Actor, told: Mapping[str, str]) -> dict[str, Any]:
        """Return the columns of a piece that are known before its file is."""
        said = columns_of(told, taker=actor.id, now=self._local_now())
        place = self._places.place(unit, actor, case_no=told.get("case_no", ""),
                                   building_id=told.get("building_id", ""))  # fmt: skip
        return {
            **said, **asdict(place), "added_by": actor.id, "blurred": False, "copy_sha256": None,
            "state": EvidenceState.MATERIAL.value, "holder_id": actor.id, "handed_to": None,
            "asked_by": None, "officers": [],
        }  # fmt: skip

    def _checked(self, unit: UnitOfWork, row: EvidenceUpload, sha256: str) -> str:
        """Note what a whole file is; one that must not be kept is deleted with its upload."""
        path = self._uploads.files.path(row.id)
        try:
            digest, media = read_whole(self._uploads.files.read(row.id), row, sha256=sha256)
        except EvidenceError:
            self._uploads.forget(unit, [row.id])
            raise
        now, zone = self._local_now(), self._workspace.settings.office.zone
        piece = complete(row, path, sha256=digest, media=media, now=now, zone=zone)
        unit.evidence_uploads.put(row.id, piece=piece)
        return digest

    def _keep(self, actor: Actor, upload: str, digest: str) -> str:
        originals = originals_of(self._workspace.evidence_path)
        if originals.holds(digest):
            originals.check(digest)
        with self._file_change(actor, Action.ADD_EVIDENCE, FileKind.EVIDENCE) as announce:
            token = announce(upload, upload=upload, sha256=digest)
            originals.take(self._uploads.files.path(upload), digest)
            made = take_in(self._workspace.store, token, at=self._now())
        if made is not None:
            return made.evidence_no
        with self._workspace.store.begin() as unit:
            found = unit.evidence.of_upload(upload)
        if found is None:
            raise EvidenceError("upload_missing", seen=upload[:12])
        return found.evidence_no
