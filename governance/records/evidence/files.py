"""The files of evidence: a picture to read, a blurred copy, and the file as it came."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from data.contracts.evidence_vocabulary import Custody
from data.integrity.evidence_intake import copies_of, originals_of
from data.integrity.file_changes import FileKind
from data.privacy.blurred_pictures import Rectangle, blurred_copy, preview, read_picture
from data.store.tables.records.evidence import Evidence
from governance.access.permissions import Action, Actor, NotAllowedError, may, require
from governance.records.evidence.custody import may_open_original
from governance.records.evidence.description import EvidenceError
from governance.records.evidence.intake.media import READABLE
from governance.records.evidence.places import EvidencePlaces
from governance.records.evidence.writer import CustodyWriter
from governance.service import Service


class EvidenceFileService(Service):
    """Services about what is in a piece; the original opens for those who may alone."""

    _places: EvidencePlaces
    _writer: CustodyWriter

    def picture(self, actor: Actor, evidence_no: str) -> bytes:
        """Return a picture to read (JPEG): the blurred copy where there is one, else a small one.

        With minors in it and no copy yet, all of it is blurred, whoever asks.

        Raises `EvidenceError`: ``evidence_missing`` or ``evidence_no_picture``.
        Raises `PhotoError` when the file cannot be read.
        """
        require(actor, Action.SEE_EVIDENCE)
        piece = self._picture(actor, evidence_no)
        if piece.copy_sha256:
            return read_picture(copies_of(self._workspace.evidence_path).path(piece.copy_sha256))
        raw = read_picture(originals_of(self._workspace.evidence_path).path(piece.sha256))
        return blurred_copy(raw, []) if piece.has_minor else preview(raw)

    def clear_picture(self, actor: Actor, evidence_no: str) -> bytes:
        """Return a small picture without any blur, to mark on it; as of `open_original`.

        Raises `NotAllowedError` when the actor sees no evidence, or there are minors in it and they
        are no officer.
        Raises `EvidenceError`: ``evidence_missing`` or ``evidence_no_picture``.
        """
        require(actor, Action.SEE_EVIDENCE)
        self._picture(actor, evidence_no)
        _, path = self.open_original(actor, evidence_no)
        return preview(read_picture(path))

    def open_original(self, actor: Actor, evidence_no: str) -> tuple[str, Path]:
        """Return a file's name and where it lies as it came; that is a step of its custody.

        Raises `NotAllowedError` when the actor sees no evidence, or there are minors in it and they
        are no officer.
        Raises `EvidenceError`: ``evidence_missing``.
        Raises `ContentError` when the file is gone or was changed.
        """
        require(actor, Action.SEE_EVIDENCE)
        originals = originals_of(self._workspace.evidence_path)
        with self._workspace.store.begin() as unit:
            piece = self._places.get(unit, actor, evidence_no)
            if not may_open_original(piece, actor):
                raise _minors(actor)
            originals.check(piece.sha256)
            name, path = piece.filename, originals.path(piece.sha256)
            self._writer.append(unit, actor, piece, Custody.OPENED, {})
            unit.commit()
        return name, path

    def blur(self, actor: Actor, evidence_no: str, parts: Sequence[Rectangle] = ()) -> int:
        """Keep a copy of a picture in which parts, or all of it, cannot be made out.

        Raises `NotAllowedError` when the actor adds no evidence, or there are minors in it, parts
        are to stay clear, and they are no officer.
        Raises `EvidenceError`: ``evidence_missing`` or ``evidence_no_picture``.
        Raises `PhotoError` when the file cannot be read, or a part lies outside of it.
        """
        require(actor, Action.ADD_EVIDENCE)
        piece = self._picture(actor, evidence_no)
        if piece.has_minor and parts and not may(actor, Action.TAKE_OVER_EVIDENCE):
            raise _minors(actor)
        raw = read_picture(originals_of(self._workspace.evidence_path).path(piece.sha256))
        return self._keep_copy(actor, piece, blurred_copy(raw, parts), parts=len(parts))

    def _picture(self, actor: Actor, evidence_no: str) -> Evidence:
        with self._workspace.store.begin() as unit:
            piece = self._places.get(unit, actor, evidence_no)
            unit.session.expunge_all()
        if piece.media not in READABLE:
            raise EvidenceError("evidence_no_picture", seen=evidence_no)
        return piece

    def _keep_copy(self, actor: Actor, piece: Evidence, content: bytes, *, parts: int) -> int:
        copies = copies_of(self._workspace.evidence_path)
        sha256 = hashlib.sha256(content).hexdigest()
        with self._file_change(actor, Action.ADD_EVIDENCE, FileKind.BLURRED_COPY) as announce:
            token = announce(sha256, material=piece.evidence_no, copy=sha256)
            copies.put(content)
            with self._workspace.store.begin() as unit:
                now = self._writer.seen(unit, actor, piece.evidence_no, piece.version)
                values = {"blurred": True, "copy_sha256": sha256, "parts": parts}
                unit.pending_files.remove(token)
                after = self._writer.append(unit, actor, now, Custody.BLURRED, values)
                number = after.version
                unit.commit()
        if piece.copy_sha256 and piece.copy_sha256 != sha256:
            with self._workspace.store.begin() as unit:
                if not unit.evidence.names_file(piece.copy_sha256):
                    copies.remove(piece.copy_sha256)
        return number


def _minors(actor: Actor) -> NotAllowedError:
    return NotAllowedError(
        "not_allowed_minors", actor=actor.id, action=Action.SEE_EVIDENCE.value,
        reason="minors are in it: only who takes evidence over sees it as it came",
    )  # fmt: skip
