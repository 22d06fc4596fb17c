"""Evidence that leaves as a pack, which whoever gets it can verify without this program."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from data.contracts.evidence_vocabulary import Custody
from data.integrity.evidence_intake import originals_of
from data.store.audit.chain import text_of_time
from data.store.tables.records.evidence import CustodyEvent, Evidence
from governance.access.permissions import Action, Actor, require
from governance.records.evidence.description import EvidenceError
from governance.records.evidence.pack import archive
from governance.records.evidence.places import EvidencePlaces
from governance.records.evidence.writer import CustodyWriter
from governance.service import Service

MOST_PIECES: Final = 200
LONGEST_PURPOSE: Final = 300
VERIFIER: Final = Path(__file__).with_name(archive.VERIFIER)
_NAMED: Final = ("evidence_no", "state", "kind", "media", "filename", "bytes", "sha256",
                 "place", "device", "origin", "case_no", "note", "has_minor")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that is to be sent: its name, and its bytes in pieces."""

    name: str
    content: Iterator[bytes]


class EvidencePackService(Service):
    """Services about packs; each export is a step of every piece's custody."""

    _places: EvidencePlaces
    _writer: CustodyWriter

    def export(self, actor: Actor, evidence_nos: Sequence[str], *, purpose: str = "") -> Pack:
        """Return pieces as a pack; each file is checked before, and the step written down.

        ``purpose``: what for and for whom; the record says it.

        Raises `EvidenceError`: ``pack_empty``, ``pack_too_many``, ``pack_purpose_missing`` or
        ``evidence_missing``.
        Raises `ContentError` when a file is gone or was changed.
        """
        require(actor, Action.EXPORT_EVIDENCE)
        wanted, said = _asked(evidence_nos, purpose)
        now = self._local_now().replace(microsecond=0)
        originals = originals_of(self._workspace.evidence_path)
        with self._workspace.store.begin() as unit:
            pieces = [self._places.get(unit, actor, each) for each in wanted]
            for piece in pieces:
                originals.check(piece.sha256)
            custody = unit.evidence.custody([piece.id for piece in pieces])
            names = {each.login: each.name for each in unit.accounts.all()} | {actor.id: actor.name}
            told = [self._told(piece, custody[piece.id], names) for piece in pieces]
            small = self._small_files(told, actor=actor, purpose=said, now=now)
            hashes = {piece["path"]: piece["sha256"] for piece in told}
            hashes |= {name: hashlib.sha256(content).hexdigest() for name, content in small.items()}
            listed = archive.hash_list(hashes)
            facts = {"purpose": said, "list": hashlib.sha256(listed).hexdigest()}
            for piece in pieces:
                self._writer.append(unit, actor, piece, Custody.EXPORTED, facts)
            files = [(str(each["path"]), str(each["sha256"])) for each in told]
            unit.commit()
        entries: list[archive.Entry] = [(name, originals.pieces(file)) for name, file in files]
        entries += [(name, [content]) for name, content in {**small, archive.LIST: listed}.items()]
        name = f"evidence-{now:%Y%m%d-%H%M%S}.zip"
        return Pack(name, archive.stream(entries, at=now))

    def _told(
        self, piece: Evidence, custody: Sequence[CustodyEvent], names: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return what `custody.json` and the record tell of a piece."""

        def named(login: str | None) -> str:
            return names.get(login or "", login or "")

        return {
            **{name: getattr(piece, name) for name in _NAMED},
            "path": f"files/{piece.evidence_no}_{piece.filename}",
            "taken_at": "" if piece.taken_at is None else f"{piece.taken_at:%Y-%m-%d %H:%M}",
            "added_at": f"{piece.added_at:%Y-%m-%d %H:%M}",
            "taker": named(piece.taker_id), "witness": named(piece.witness_id),
            "building": piece.building_id or "", "officers": "、".join(map(named, piece.officers)),
            "custody": [
                {"number": step.number, "at": text_of_time(step.at), "actor": step.actor,
                 "name": named(step.actor), "action": step.action, "facts": step.facts,
                 "local_at": f"{self.clock.to_local(step.at):%Y-%m-%d %H:%M}",
                 "previous": step.previous, "seal": step.seal}
                for step in custody
            ],
        }  # fmt: skip

    def _small_files(
        self, told: list[dict[str, Any]], *, actor: Actor, purpose: str, now: datetime
    ) -> dict[str, bytes]:
        from governance.records.evidence.pack.record import record_pdf  # reportlab takes long

        office = self._workspace.settings.office.name
        head = {"office": office, "exported_at": f"{now:%Y-%m-%d %H:%M}", "by": actor.name,
                "purpose": purpose}  # fmt: skip
        content = json.dumps({**head, "pieces": told}, ensure_ascii=False, indent=1)
        return {"custody.json": content.encode(), "record.pdf": record_pdf(head, told),
                archive.VERIFIER: VERIFIER.read_bytes()}  # fmt: skip


def _asked(evidence_nos: Sequence[str], purpose: str) -> tuple[list[str], str]:
    """Return which pieces a pack is to hold, each once, and what for."""
    wanted, said = list(dict.fromkeys(evidence_nos)), purpose.strip()[:LONGEST_PURPOSE]
    if not wanted:
        raise EvidenceError("pack_empty")
    if len(wanted) > MOST_PIECES:
        raise EvidenceError("pack_too_many", seen=len(wanted), expected=MOST_PIECES)
    if not said:
        raise EvidenceError("pack_purpose_missing")
    return wanted, said
