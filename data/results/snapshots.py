"""All scoring results of a workspace: one folder each, written once, never changed.

``snapshots/<snapshot_id>/`` is a `data.results.snapshot.Snapshot`. The id is made from the date,
the configuration and the content, so the same input and configuration give the same folder, byte
for byte, and running again changes nothing. ``snapshots/runs.jsonl`` notes which run arrived at
which result, when, and from which versions of the inputs; only this tells two results of the same
date apart by age. A result may be deleted, whole and with the notes of its runs.

A result of a day that has not come was made while a clock was ahead: it is passed over until then.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.results.run_log import DATE_DIGITS, Run, RunNotes, SnapshotError
from data.results.serialization import (
    canonical,
    fingerprint,
    parquet_bytes,
    pretty,
    sha256,
)
from data.results.snapshot import (
    BUILDING_KIND,
    CONFIG_FILE,
    MANIFEST_FILE,
    SUMMED_KINDS,
    UNIT_KEYS,
    Snapshot,
    table_of,
)
from data.workspace.atomic import rename, write_folder

if TYPE_CHECKING:
    import pandas as pd

RUNS_FILE: Final = "runs.jsonl"
FORMAT: Final = 1
ID_DIGITS: Final = 12
_ID: Final = re.compile(r"\w[\w-]*", re.ASCII)
HISTORY: Final = ("score", "low", "high", "tier", "rank")


@dataclass(frozen=True)
class SnapshotStore:
    """The folder of all snapshots of a workspace."""

    folder: Path
    today: Callable[[], date] = lambda: date.max
    """Gives the day that the office has; without it every day has come."""

    def save(
        self,
        *,
        as_of: date,
        cut: datetime,
        config: Mapping[str, Any],
        config_hash: str,
        tables: Mapping[str, pd.DataFrame],
        facts: Mapping[str, Any],
        run: Run | None = None,
        announce: Callable[[str], object] | None = None,
    ) -> Snapshot:
        """Write a snapshot, or find it there already.

        ``as_of``, ``cut``: date of the result, and the moment before which everything was known.
        ``config``, ``config_hash``: the configuration, plain values, and its hash.
        ``tables``: ``buildings`` (key ``building_id``), ``units`` (keys ``unit_kind``, ``unit``)
        and ``places`` (key ``unit``), in the order to be kept.
        ``facts``: further plain values for the manifest; they must follow from the input.
        ``run``: what is noted of this run outside the snapshot; its id is filled in.
        ``announce``: called with the id before anything is written; what it raises stops it.
        """
        content = [cut.isoformat(), config_hash, canonical(facts)]
        content += [f"{name}:{fingerprint(frame)}" for name, frame in sorted(tables.items())]
        digest = sha256("\n".join(content).encode())
        snapshot_id = f"{as_of:%Y%m%d}-{digest[:ID_DIGITS]}"
        if announce is not None:
            announce(snapshot_id)
        final = self.folder / snapshot_id
        if not final.exists():
            files = {f"{name}.parquet": parquet_bytes(frame) for name, frame in tables.items()}
            files[CONFIG_FILE] = pretty(config)
            manifest = {
                "format": FORMAT,
                "snapshot_id": snapshot_id,
                "as_of": as_of.isoformat(),
                "cut": cut.isoformat(),
                "config_hash": config_hash,
                "units": _count_units(tables),
                "files": {
                    name: {"sha256": sha256(data), "bytes": len(data)}
                    for name, data in files.items()
                },
                **facts,
            }
            write_folder(final, files | {MANIFEST_FILE: pretty(manifest)})
        self.note_run(replace(run or Run(), snapshot_id=snapshot_id))
        return self.open(snapshot_id)

    def note_run(self, run: Run) -> None:
        """Note that a snapshot that is there was arrived at, unless that is noted."""
        self._runs.add(run, manifest=self.folder / run.snapshot_id / MANIFEST_FILE)

    def runs(self) -> list[Run]:
        """Return every run whose snapshot was kept, oldest first."""
        return self._runs.runs()

    def delete(self, snapshot_id: str) -> None:
        """Delete a snapshot with the notes of its runs, or what a broken-off deletion left.

        It is gone at once, by one rename.
        """
        folder, deleted = self.folder / snapshot_id, self.folder / f".deleted-{snapshot_id}"
        if self.holds(snapshot_id):
            rename(folder, deleted)
        self._runs.forget(snapshot_id)
        shutil.rmtree(deleted, ignore_errors=True)

    def holds(self, snapshot_id: str) -> bool:
        """Say whether there is a snapshot of this id."""
        # A name that leads out of the folder is no id.
        named = _ID.fullmatch(snapshot_id) is not None
        return named and (self.folder / snapshot_id / MANIFEST_FILE).is_file()

    def open(self, snapshot_id: str) -> Snapshot:
        """Open one snapshot.

        Raises `SnapshotError` when there is none of this id, or its manifest cannot be read.
        """
        folder = self.folder / snapshot_id
        missing = SnapshotError(
            "snapshot_missing", seen=snapshot_id, what_to_do="Choose one of the list."
        )
        if not self.holds(snapshot_id):
            raise missing
        try:
            manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise missing from None
        except ValueError as error:
            raise SnapshotError("snapshot_damaged", seen=snapshot_id, reason=str(error)) from error
        return Snapshot(folder=folder, manifest=manifest)

    def snapshots(self) -> list[Snapshot]:
        """List all snapshots, the current one of the latest date last."""
        return list(self._still_there(self._oldest_first(self._ids())))

    def by_date(self) -> list[Snapshot]:
        """List the current snapshot of each date that has come, oldest date first."""
        return list(self._still_there(self._current(self._come())))

    def ahead(self) -> list[Snapshot]:
        """List all snapshots of dates that have not come, the earliest date first."""
        come = {*self._come()}
        return list(self._still_there([each for each in self._ids() if each not in come]))

    def latest(self) -> Snapshot | None:
        """Return the current snapshot of the latest date that has come, None without any."""
        ids = self._come()
        newest = [each for each in ids if each[:DATE_DIGITS] == ids[-1][:DATE_DIGITS]]
        return self.open(*self._current(newest)) if newest else None

    def _come(self) -> list[str]:
        until = f"{self.today():%Y%m%d}"
        return [each for each in self._ids() if each[:DATE_DIGITS] <= until]

    def _oldest_first(self, ids: Sequence[str]) -> list[str]:
        """Sort ids by date and, of one date, by when they were arrived at last."""
        age = self._runs.ages()
        return sorted(ids, key=lambda each: (each[:DATE_DIGITS], age.get(each, -1), each))

    def _current(self, ids: Sequence[str]) -> list[str]:
        """Return of each date the id that was arrived at last, oldest date first."""
        return list({each[:DATE_DIGITS]: each for each in self._oldest_first(ids)}.values())

    def _still_there(self, ids: Sequence[str]) -> Iterator[Snapshot]:
        """Open snapshots, passing over those that were deleted since they were listed."""
        for snapshot_id in ids:
            try:
                yield self.open(snapshot_id)
            except SnapshotError:
                if self.holds(snapshot_id):
                    raise

    def history(self, unit_kind: str, unit: str) -> pd.DataFrame:
        """Follow one unit through the current snapshot of each date.

        Returns ``as_of`` (datetime64), ``snapshot_id``, ``model`` (`Snapshot.model`), ``score``,
        ``low``, ``high``, ``tier``, ``rank``; one row per date at which the unit was there.
        """
        import pandas as pd
        import pyarrow.parquet as pq

        name, filters = table_of(unit_kind)
        wanted = [*(filters or []), (UNIT_KEYS[name], "=", unit)]
        rows = []
        for snapshot in self.by_date():
            path = snapshot.folder / f"{name}.parquet"
            entries = pq.read_table(path, columns=list(HISTORY), filters=wanted).to_pylist()
            made = {"as_of": snapshot.as_of, "snapshot_id": snapshot.snapshot_id}
            rows += [made | {"model": snapshot.model} | row for row in entries]
        frame = pd.DataFrame(rows, columns=["as_of", "snapshot_id", "model", *HISTORY])
        return frame.assign(as_of=pd.to_datetime(frame["as_of"]).astype("datetime64[us]"))

    def problems(self) -> list[str]:
        """List every file of every snapshot that is missing or changed."""
        faults = [problem for snapshot in self.snapshots() for problem in snapshot.problems()]
        noted = {run["snapshot_id"]: run.get("manifest_sha256") for run in self._runs.read()}
        for folder in self.folder.glob("[!.]*/"):
            noted.setdefault(folder.name, None)
        for snapshot_id, expected in sorted(noted.items()):
            manifest = self.folder / snapshot_id / MANIFEST_FILE
            if not manifest.is_file() or expected not in {None, sha256(manifest.read_bytes())}:
                faults.append(f"{snapshot_id}/{MANIFEST_FILE}")
        if noted and not (self.folder / RUNS_FILE).is_file():
            faults.append(RUNS_FILE)
        return faults

    @property
    def _runs(self) -> RunNotes:
        return RunNotes(self.folder / RUNS_FILE)

    def _ids(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        manifests = self.folder.glob(f"[!.]*/{MANIFEST_FILE}")
        return sorted(path.parent.name for path in manifests)


def _count_units(tables: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    kinds = tables["units"]["unit_kind"].value_counts(sort=False)
    counted = {str(kind): int(count) for kind, count in kinds.items()}
    return {BUILDING_KIND: len(tables["buildings"])} | dict.fromkeys(SUMMED_KINDS, 0) | counted
