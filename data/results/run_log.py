"""Run log beside the snapshots: one appended line per scoring run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.results.serialization import sha256
from data.workspace.atomic import write_bytes
from data.workspace.locks import hold_lock
from geo.errors import GridwardenError


class SnapshotError(GridwardenError):
    """A snapshot is missing, damaged, or asked for something it does not hold."""


@dataclass(frozen=True)
class RunNotes:
    """The file of all runs."""

    path: Path

    def read(self) -> list[dict[str, Any]]:
        """Return ``at``, ``snapshot_id`` and ``manifest_sha256`` of every run, oldest first.

        Raises
        ------
        SnapshotError
            When the file cannot be read.
        """
        lines = self.path.read_bytes().splitlines() if self.path.is_file() else []
        try:
            notes = [json.loads(line) for line in lines]
            return [note for note in notes if note["snapshot_id"]]
        except (ValueError, KeyError, TypeError) as error:
            raise SnapshotError(
                "snapshot_damaged", seen=self.path.name, reason=str(error)
            ) from error

    def ages(self) -> dict[str, int]:
        """Return for each id when it was last arrived at, as the number of that run."""
        return {note["snapshot_id"]: number for number, note in enumerate(self.read())}

    def add(self, snapshot_id: str, *, manifest: Path, at: datetime | None) -> None:
        """Note a run with the hash of its result's manifest, unless the last one had the same."""
        when = None if at is None else at.isoformat()
        digest = sha256(manifest.read_bytes())
        line = json.dumps({"at": when, "snapshot_id": snapshot_id, "manifest_sha256": digest})
        with hold_lock(self.path.with_name(f".{self.path.name}.lock"), wait=True):
            notes = self.read()
            if notes and notes[-1]["snapshot_id"] == snapshot_id:
                return
            before = self.path.read_bytes() if notes else b""
            write_bytes(self.path, before + line.encode() + b"\n")
