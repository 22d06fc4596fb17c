"""Run log beside the snapshots: one appended line per scoring run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from data.results.serialization import sha256
from data.workspace.atomic import write_bytes
from data.workspace.locks import hold_lock
from geo.errors import GridwardenError

DATE_DIGITS: Final = 8
"""An id begins with the date of the result, so ids sort by it."""


class SnapshotError(GridwardenError):
    """A snapshot is missing, damaged, or asked for something it does not hold."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run that arrived at a snapshot."""

    snapshot_id: str = ""
    at: datetime | None = None
    """When; None where it was not noted."""
    rests_on: Mapping[str, str] = field(default_factory=dict)
    """The versions of its inputs, by kind (`data.derived.inputs.input_versions`); empty where they
    were not noted.
    """
    automatic: bool = False
    """Whether nobody asked for it."""

    @property
    def day(self) -> date:
        """Last day whose news are in the result: every id begins with it."""
        return date.fromisoformat(self.snapshot_id[:DATE_DIGITS])


@dataclass(frozen=True)
class RunNotes:
    """The file of all runs."""

    path: Path

    def read(self) -> list[dict[str, Any]]:
        """Return ``at``, ``snapshot_id`` and ``manifest_sha256`` of every run, oldest first.

        Raises `SnapshotError` when the file cannot be read.
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

    def runs(self) -> list[Run]:
        """Return every run, oldest first.

        Raises `SnapshotError` when the file cannot be read.
        """
        return [
            Run(
                snapshot_id=note["snapshot_id"],
                at=datetime.fromisoformat(note["at"]) if note.get("at") else None,
                rests_on=note.get("rests_on", {}),
                automatic=note.get("automatic", False),
            )
            for note in self.read()
        ]

    def add(self, run: Run, *, manifest: Path) -> None:
        """Note a run with the hash of its result's manifest, unless the last one was the same.

        A run of which nothing but its result is known is the same as any with that result.
        """
        note: dict[str, Any] = {
            "at": None if run.at is None else run.at.isoformat(),
            "snapshot_id": run.snapshot_id,
            "manifest_sha256": sha256(manifest.read_bytes()),
        }
        more = {"rests_on": dict(run.rests_on), "automatic": run.automatic}
        note |= {name: value for name, value in more.items() if value}
        with hold_lock(self._lock, wait=True):
            runs = self.runs()
            if runs and _adds_nothing(run, runs[-1]):
                return
            before = self.path.read_bytes() if runs else b""
            write_bytes(self.path, before + json.dumps(note).encode() + b"\n")

    def forget(self, snapshot_id: str) -> None:
        """Take out every run that arrived at a snapshot."""
        with hold_lock(self._lock, wait=True):
            notes = self.read()
            kept = [note for note in notes if note["snapshot_id"] != snapshot_id]
            if len(kept) < len(notes):
                write_bytes(self.path, b"".join(json.dumps(n).encode() + b"\n" for n in kept))

    @property
    def _lock(self) -> Path:
        return self.path.with_name(f".{self.path.name}.lock")


def _adds_nothing(run: Run, last: Run) -> bool:
    """Say whether a run arrived where the last one did, as far as known for the same reason."""
    unknown = not (run.rests_on or run.automatic)
    same = (run.rests_on, run.automatic) == (last.rests_on, last.automatic)
    return run.snapshot_id == last.snapshot_id and (unknown or same)
