"""One scoring result: a folder that was written once and is read when asked.

It holds ``buildings.parquet``, ``units.parquet``, ``places.parquet``, ``by_cell.parquet`` (columns
of the buildings in order of place), ``usual_finds.parquet``, ``unknown_buildings.parquet`` (named
by rows, in no register), ``shared_words.parquet`` and ``word_visits.parquet`` (what operators'
names share), ``reporting.parquet`` (how readily each community reports), ``config.json`` and
``manifest.json`` with the hash of every file.
Snapshots of earlier versions lack some of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.results.run_log import SnapshotError
from data.results.serialization import sha256

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MANIFEST_FILE: Final = "manifest.json"
CONFIG_FILE: Final = "config.json"
BUILDING_KIND: Final = "building"
SUMMED_KINDS: Final = ("cell:8", "cell:9", "cell:10", "grid", "community")
FIND_RATE, SCORECARD = "find_rate", "scorecard"
"""Models of the score: today's, whose facts are ``score`` in the manifest, and the earlier one."""
PLACES: Final = "places"
BY_CELL: Final = "by_cell"
USUAL_FINDS: Final = "usual_finds"
UNKNOWN_BUILDINGS: Final = "unknown_buildings"
SHARED_WORDS: Final = "shared_words"
WORD_VISITS: Final = "word_visits"
REPORTING: Final = "reporting"
UNIT_KEYS: Final = {"buildings": "building_id", "units": "unit"}


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One scoring result, read from its folder when asked."""

    folder: Path
    """The folder; its name is the id."""
    manifest: Mapping[str, Any]
    """What was written down about the run: ``as_of``, ``cut``, ``config_hash``, counts, facts of
    the model, and the hash of each file.
    """

    @property
    def snapshot_id(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def as_of(self) -> date:
        """Last day whose news are in the result."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def cut(self) -> datetime:
        """First moment, in local time, whose news are not in the result."""
        return datetime.fromisoformat(self.manifest["cut"])

    @property
    def config_hash(self) -> str:
        """SHA-256 of the configuration used."""
        return str(self.manifest["config_hash"])

    @property
    def model(self) -> str:
        """Which model made the scores; those of two models are not the same number."""
        return SCORECARD if SCORECARD in self.manifest else FIND_RATE

    @property
    def is_of_earlier_model(self) -> bool:
        """Whether the scores are not what today's are."""
        return self.model != FIND_RATE

    @property
    def unit_kinds(self) -> list[str]:
        """Kinds of unit that were scored, buildings first."""
        return list(self.manifest["units"])

    def check_kind(self, unit_kind: str) -> None:
        """Refuse a kind of unit that was not scored.

        Raises `SnapshotError` when it is none of `unit_kinds`.
        """
        if unit_kind not in self.unit_kinds:
            raise SnapshotError(
                "unit_kind_unknown", seen=unit_kind, expected=", ".join(self.unit_kinds)
            )

    def config(self) -> dict[str, Any]:
        """Read the configuration used."""
        text = (self.folder / CONFIG_FILE).read_text(encoding="utf-8")
        content: dict[str, Any] = json.loads(text)
        return content

    def table(self, name: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read ``buildings`` or ``units``, all rows.

        ``columns``: those to read; all where None.
        """
        import pyarrow.parquet as pq

        path = self.path_of(name)
        frame: pd.DataFrame = pq.read_table(path, columns=columns).to_pandas()
        return frame

    def holds(self, name: str) -> bool:
        """Say whether the snapshot has a table; those of earlier versions lack some."""
        return f"{name}.parquet" in self.manifest["files"]

    def select(
        self,
        name: str,
        column: str,
        values: Collection[str],
        *,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Read the rows of a table whose text in ``column`` is one of ``values``.

        ``columns``: those to read; all where None. Empty, without columns, where it is ``places``
        of a snapshot that has none.
        """
        import pandas as pd

        from data.lake.selected_rows import select_rows

        if name == PLACES and not self.holds(PLACES):
            return pd.DataFrame()
        frame: pd.DataFrame = select_rows(self.path_of(name), column, values, columns).to_pandas()
        return frame

    def ranked(self, unit_kind: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read all units of one kind, best rank first, named in column ``unit``.

        ``unit_kind``: one of `unit_kinds`: ``building``, ``cell:8``, ``cell:9``, ``cell:10``,
        ``grid`` or ``community``.
        ``columns``: those to read beside the name, ``rank`` among them, where the table has them;
        all where None.

        Raises `SnapshotError` for another kind.
        """
        frame: pd.DataFrame = self._rows_of(unit_kind, columns).to_pandas()
        return frame.sort_values("rank", ignore_index=True)

    def first(self, unit_kind: str, *, k: int, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Read the k units of one kind with the best ranks, as `ranked` does, without a frame."""
        rows = self._rows_of(unit_kind, columns).sort_by("rank").slice(length=k)
        first: list[dict[str, Any]] = rows.to_pylist()
        return first

    def problems(self) -> list[str]:
        """List the files that are missing or no longer what was written."""
        return [
            f"{self.snapshot_id}/{name}"
            for name, facts in self.manifest["files"].items()
            if not (self.folder / name).is_file()
            or sha256((self.folder / name).read_bytes()) != facts["sha256"]
        ]

    def path_of(self, name: str) -> Path:
        """Return the Parquet file of a table, which never changes."""
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise SnapshotError(
                "snapshot_table_missing",
                snapshot_id=self.snapshot_id,
                seen=name,
                expected=", ".join(UNIT_KEYS),
            )
        return path

    def _rows_of(self, unit_kind: str, columns: Sequence[str] | None) -> pa.Table:
        import pyarrow.parquet as pq  # its datasets import pandas

        from data.lake.selected_rows import select_rows

        self.check_kind(unit_kind)
        name, filters = table_of(unit_kind)
        path, key = self.path_of(name), UNIT_KEYS["buildings"]
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            wanted = [n for n in names if columns is None or n in {UNIT_KEYS[name], *columns}]
            rows = (
                select_rows(path, "unit_kind", [unit_kind], wanted)
                if filters
                else file.read(columns=wanted)
            )
        return rows.rename_columns([UNIT_KEYS["units"] if n == key else n for n in wanted])


def table_of(unit_kind: str) -> tuple[str, list[tuple[str, str, str]] | None]:
    """Return the table that holds units of a kind, and the filter that takes them out of it."""
    if unit_kind == BUILDING_KIND:
        return "buildings", None
    return "units", [("unit_kind", "=", unit_kind)]
