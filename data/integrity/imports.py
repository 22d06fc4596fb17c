"""Are imports as they were made: manifests, rows, refused rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contracts.registry import TABLES
from data.derived.backends.spark_rows import FOR_SPARK
from data.ingest.quarantine.store import count_quarantined, is_quarantine_unchanged
from data.integrity.problems import Problem
from data.lake.address import LakeError
from data.lake.checksums import has_its_checksum, hash_file
from data.lake.manifest import (
    MANIFEST_FILE,
    ROWS_FILE,
    UNDONE_FILE,
    Manifest,
    ManifestError,
    read_manifest,
)
from data.lake.schema import IMPORT_ID, ROW_KEY, rows_schema
from data.workspace.folder import Workspace

ALLOWED: Final = {MANIFEST_FILE, UNDONE_FILE, ROWS_FILE}


def check_imports(workspace: Workspace) -> Iterator[Problem | None]:
    """Yield the problems of imports, taken back or not, and None for each that was looked at."""
    for folder in sorted(workspace.lake_path.glob("[!.]*/*")):
        yield None
        where = folder.relative_to(workspace.root).as_posix()
        manifests = [folder / n for n in (MANIFEST_FILE, UNDONE_FILE) if (folder / n).is_file()]
        if len(manifests) != 1:
            yield Problem("manifest_count", where, {"seen": len(manifests), "expected": 1})
            continue
        for stranger in sorted({path.name for path in folder.iterdir()} - ALLOWED):
            yield Problem("unexpected_file", f"{where}/{stranger}")
        try:
            manifest = read_manifest(manifests[0])
        except ManifestError as error:
            yield Problem(error.code, where, error.facts)
            continue
        try:
            if manifest.undone and not workspace.lake.holds_rows(manifest):
                continue  # erased since
            yield from _check_rows(workspace, folder, manifest)
        except LakeError as error:
            yield Problem(error.code, where, error.facts)
        yield from _check_aside(workspace, where, manifest)
    yield from _check_address(workspace)


def _check_address(workspace: Workspace) -> Iterator[Problem]:
    """Look at the lake's address for rows without a manifest, and changed copies for Spark."""
    lake = workspace.lake
    if lake.remote is None:
        return
    known = {f"{m.table}/{m.import_id}/{ROWS_FILE}" for m in lake.imports(undone=True)}
    address = lake.remote.address
    try:
        for name in (name for table in TABLES for name in address.names(table)):
            if name not in known:
                yield Problem("unexpected_file", f"lake:{name}")
        for name in address.names(FOR_SPARK):
            file = workspace.root / name.removeprefix(f"{FOR_SPARK}/")
            if file.is_file() and address.sha256(name) != hash_file(file):
                yield Problem("copy_changed", f"lake:{name}")
    except LakeError as error:
        yield Problem(error.code, "lake", error.facts)


def _check_aside(workspace: Workspace, where: str, manifest: Manifest) -> Iterator[Problem]:
    if manifest.quarantined and not is_quarantine_unchanged(workspace, manifest):
        yield Problem("quarantine_changed", where)
        return
    aside = count_quarantined(workspace, manifest)
    if aside != manifest.quarantined:
        facts = {"seen": aside, "expected": manifest.quarantined}
        yield Problem("quarantine_count_differs", where, facts)


def _check_rows(workspace: Workspace, folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """Check the rows of an import where they lie; those at an address are read whole for it."""
    where, lake = folder.relative_to(workspace.root).as_posix(), workspace.lake
    if (folder.name, folder.parent.name) != (manifest.import_id, manifest.table):
        yield Problem("import_in_wrong_folder", where, {"seen": manifest.import_id})
        return
    seen = lake.rows_sha256(manifest)
    if seen != manifest.rows_sha256:
        yield Problem("rows_changed", where, {"seen": seen, "expected": manifest.rows_sha256})
        return
    rows = lake.rows_path(manifest)
    if not (lake.has_own_rows(manifest) or has_its_checksum(rows)):
        yield Problem("derived_changed", rows.relative_to(workspace.root).as_posix())
        return
    file = pq.ParquetFile(rows)
    if file.metadata.num_rows != manifest.rows_stored:
        facts = {"seen": file.metadata.num_rows, "expected": manifest.rows_stored}
        yield Problem("row_count_differs", where, facts)
    contract = TABLES.get(manifest.table)
    if contract and not set(file.schema_arrow.names) <= set(rows_schema(contract).names):
        yield Problem("columns_unknown", where, {"seen": file.schema_arrow.names})
    keys = file.read(columns=[IMPORT_ID, ROW_KEY])
    if not pc.all(pc.equal(keys[IMPORT_ID], manifest.import_id), min_count=0).as_py():
        yield Problem("import_id_differs", where)
    if len(keys[ROW_KEY].unique()) != len(keys):
        yield Problem("row_keys_repeat", where)
