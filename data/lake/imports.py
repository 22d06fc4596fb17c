"""The lake: one immutable folder per import.

``lake/<table>/<import_id>/`` holds ``rows.parquet`` and ``manifest.json``. A folder appears whole
or not at all: it is written beside the tables, flushed to the disk and moved into place by one
rename. Taking an import back renames its manifest, so that the rest of the lake is exactly what it
would be had the import never been.

Where the settings name an address (`data.lake.remote_rows`), rows are brought there before the
folder with the manifest appears.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from data.lake.address import LakeError
from data.lake.checksums import hash_file
from data.lake.manifest import (
    MANIFEST_FILE,
    ROWS_FILE,
    UNDONE_FILE,
    Manifest,
    read_manifest,
    write_manifest,
)
from data.lake.remote_rows import RemoteRows
from data.workspace.atomic import flush, move_folder, rename
from geo.errors import GridwardenError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

INCOMING = ".incoming"
ID_TIME = "%Y%m%dT%H%M%S"
GEOMETRY = "geom"
GEO_METADATA = {
    "version": "1.0.0",
    "primary_column": GEOMETRY,
    "columns": {GEOMETRY: {"encoding": "WKB", "geometry_types": []}},  # no crs: OGC:CRS84
}
LISTINGS = 5
"""How often the imports are listed anew because one was taken back meanwhile."""


class ImportNotFoundError(GridwardenError):
    """No import of this name is in the lake, or it was taken back."""


class IncomingImport:
    """The folder of an import while it is being written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows_path = folder / ROWS_FILE
        self.rows = 0
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: pa.Table) -> None:
        """Append a batch; all batches of an import have the same schema."""
        import pyarrow.parquet as pq

        if self._writer is None:
            from data.lake.dictionaries import repeating_texts

            schema, repeating = with_geo_metadata(batch.schema), repeating_texts(batch)
            self._writer = pq.ParquetWriter(
                self.rows_path, schema, compression="zstd", use_dictionary=repeating
            )
        self._writer.write_table(batch.replace_schema_metadata(self._writer.schema.metadata))
        self.rows += batch.num_rows

    def close(self) -> None:
        """Finish the rows file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def rewrite(self, change: Callable[[pa.Table], pa.Table]) -> None:
        """Write the rows file, which is finished, again, each of its row groups changed."""
        import pyarrow.parquet as pq

        before, self.rows = self.rows_path.rename(self.folder / "before.parquet"), 0
        with pq.ParquetFile(before) as file:
            for group in range(file.num_row_groups):
                self.write(change(file.read_row_group(group)))
        before.unlink()
        self.close()


class Lake:
    """All imports of a workspace.

    Callers hold the workspace's lock while they write; reading needs none.

    ``remote``: where rows of new imports are brought; into the folder itself when None.
    """

    def __init__(self, root: Path, remote: RemoteRows | None = None) -> None:
        self.root, self.remote = root, remote

    def imports(self, table: str | None = None, *, undone: bool = False) -> list[Manifest]:
        """Return the manifests, oldest first.

        ``table``: only this table's.
        ``undone``: also those that were taken back.
        """
        names = (MANIFEST_FILE, UNDONE_FILE) if undone else (MANIFEST_FILE,)
        for _ in range(LISTINGS):
            try:
                return self._listed(table, names)
            except FileNotFoundError:  # taken back between listing and reading: list again
                continue
        return self._listed(table, names)

    def _listed(self, table: str | None, names: Sequence[str]) -> list[Manifest]:
        paths = [p for name in names for p in self.root.glob(f"{table or '[!.]*'}/*/{name}")]
        return sorted((read_manifest(path) for path in paths), key=lambda m: m.import_id)

    def import_ids(self, tables: Sequence[str]) -> list[str]:
        """Return imports of tables that were not taken back, sorted; no manifest is read."""
        paths = (p for table in tables for p in self.root.glob(f"{table}/*/{MANIFEST_FILE}"))
        return sorted(path.parent.name for path in paths)

    def manifest(self, import_id: str) -> Manifest:
        """Return one import's manifest.

        Raises `ImportNotFoundError` when there is none, or it was taken back.
        """
        for path in self.root.glob(f"[!.]*/*/{MANIFEST_FILE}"):
            if path.parent.name == import_id:
                return read_manifest(path)
        raise ImportNotFoundError(
            "import_not_found", seen=import_id, what_to_do="List them with `gridwarden imports`."
        )

    def state_of(self, tables: Sequence[str]) -> tuple[tuple[str, int], ...]:
        """Return what changes whenever an import of these tables comes or is taken back.

        Cheaper than reading the manifests: names and times of the folders, in nanoseconds.
        """
        states = []
        for table in tables:
            folder = self.root / table
            if folder.is_dir():
                with os.scandir(folder) as entries:
                    states += [(f"{table}/{e.name}", e.stat().st_mtime_ns) for e in entries]
        return tuple(sorted(states))

    def rows_path(self, manifest: Manifest) -> Path:
        """Return the rows file of an import, or a copy of what lies at the lake's address.

        Raises `LakeError`: ``rows_missing``, and as `RemoteRows.copy_of`.
        """
        path = self._own_rows(manifest)
        return path if path.is_file() else self._remote_of(manifest).copy_of(manifest)

    def require_rows(self, manifest: Manifest) -> None:
        """Raise LakeError ``rows_missing`` where an import's rows are not to be found."""
        if not self.holds_rows(manifest):
            raise self._missing(manifest)

    def holds_rows(self, manifest: Manifest) -> bool:
        """Say whether the rows of an import are kept; LakeError where the address does not tell."""
        remote = self.remote
        return self.has_own_rows(manifest) or bool(remote and remote.holds(manifest))

    def has_own_rows(self, manifest: Manifest) -> bool:
        """Say whether the rows of an import lie in this folder."""
        return self._own_rows(manifest).is_file()

    def rows_sha256(self, manifest: Manifest) -> str:
        """Return the hash of an import's rows where they lie; LakeError as `rows_path`."""
        path = self._own_rows(manifest)
        return hash_file(path) if path.is_file() else self._remote_of(manifest).sha256(manifest)

    def _own_rows(self, manifest: Manifest) -> Path:
        return self.root / manifest.table / manifest.import_id / ROWS_FILE

    def _remote_of(self, manifest: Manifest) -> RemoteRows:
        if self.remote is None:
            raise self._missing(manifest)
        return self.remote

    def _missing(self, manifest: Manifest) -> LakeError:
        file = self._own_rows(manifest).relative_to(self.root).as_posix()
        return LakeError("rows_missing", file=file)

    def find_same(self, table: str, *, sha256: str, options_hash: str) -> Manifest | None:
        """Return the import of the same bytes with the same options, if it is in the lake."""
        same = sha256, options_hash
        return next((m for m in self.imports(table) if (m.sha256, m.options_hash) == same), None)

    def next_id(self, *, now: datetime, sha256: str) -> str:
        """Return a name for a new import that sorts after every other, undone ones included."""
        taken = [path.name[:15] for path in self.root.glob("[!.]*/*") if path.is_dir()]
        moment = now.replace(microsecond=0)
        if taken:
            last = datetime.strptime(max(taken), ID_TIME)  # noqa: DTZ007 -- local times throughout
            moment = max(moment, last + timedelta(seconds=1))
        return f"{moment.strftime(ID_TIME)}-{sha256[:6]}"

    @contextmanager
    def incoming(self) -> Iterator[IncomingImport]:
        """Give a folder to write into; what :meth:`commit` does not take is deleted."""
        folder = self.root / INCOMING
        shutil.rmtree(folder, ignore_errors=True)  # left by a crash; not in use: we hold the lock
        folder.mkdir(parents=True)
        incoming = IncomingImport(folder)
        try:
            yield incoming
        finally:
            incoming.close()
            shutil.rmtree(folder, ignore_errors=True)

    def commit(self, incoming: IncomingImport, manifest: Manifest) -> Manifest:
        """Move a written import into the lake, whole, and return its final manifest."""
        incoming.close()
        final = replace(
            manifest, rows_stored=incoming.rows, rows_sha256=hash_file(incoming.rows_path)
        )
        if self.remote is not None:
            self.remote.put(incoming.rows_path, final)
        write_manifest(incoming.folder / MANIFEST_FILE, final)
        parent = self.root / manifest.table
        if not parent.is_dir():
            parent.mkdir()
            flush(self.root)
        move_folder(incoming.folder, parent / manifest.import_id)
        return final

    def take_back(self, table: str, import_id: str) -> None:
        """Delete the rows that were brought to the address for an import that never was."""
        if self.remote is not None:
            self.remote.take_back(table, import_id)

    def undo(self, import_id: str) -> Manifest:
        """Take an import back and return its manifest.

        Raises `ImportNotFoundError` when there is none, or it was taken back before.
        """
        manifest = self.manifest(import_id)
        folder = self.root / manifest.table / import_id
        rename(folder / MANIFEST_FILE, folder / UNDONE_FILE)
        return manifest

    def undone_with_rows(self) -> list[Manifest]:
        """Return the manifests of imports that were taken back and whose rows are still kept."""
        return [m for m in self.imports(undone=True) if m.undone and self.holds_rows(m)]

    def delete_rows(self, undone: Manifest) -> None:
        """Delete the rows of an import that was taken back, for good; its manifest stays."""
        if not undone.undone:
            raise ValueError(undone.import_id)
        self._own_rows(undone).unlink(missing_ok=True)
        if self.remote is not None:
            self.remote.delete(undone)


def with_geo_metadata(schema: pa.Schema) -> pa.Schema:
    """Return the schema marked as GeoParquet when it has a geometry column."""
    if GEOMETRY not in schema.names:
        return schema.remove_metadata()
    return schema.with_metadata({"geo": json.dumps(GEO_METADATA)})


class RowsByImport(Mapping[str, Path]):
    """Import id → its rows file, asked of the lake when it is needed.

    ``extra``: rows files of imports that are not in the lake (yet).
    """

    def __init__(
        self, lake: Lake, manifests: Iterable[Manifest], extra: Mapping[str, Path] | None = None
    ) -> None:
        self._lake, self._extra = lake, dict(extra or {})
        self._manifests = {manifest.import_id: manifest for manifest in manifests}

    def __getitem__(self, import_id: str) -> Path:
        """Return a rows file as `Lake.rows_path` does."""
        if import_id in self._extra:
            return self._extra[import_id]
        return self._lake.rows_path(self._manifests[import_id])

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._manifests | self._extra)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._manifests | self._extra)
