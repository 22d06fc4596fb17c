"""Erase what is left of imports that were taken back, which nothing reads any more."""

import time
from collections.abc import Iterable
from pathlib import Path

from data.derived.build import READ_WITHIN_S, Derivation
from data.ingest.quarantine.store import delete_quarantined
from data.lake.checksums import checksum_path
from data.lake.manifest import Manifest
from data.workspace.folder import Workspace


def erase_undone(workspace: Workspace, undone: Iterable[Manifest]) -> None:
    """Delete rows, refused rows and derived files of imports that were taken back, for good.

    Their manifests stay. Derived files that were read in the last two minutes stay until this is
    called again: a score may still be at it. To be called under the workspace's lock.

    Raises `LakeError` when the lake's address does not answer.
    """
    for manifest in undone:
        # Rows last: as long as they are there, what is left of an import is found again.
        delete_quarantined(workspace, manifest.import_id)
        workspace.lake.delete_rows(manifest)
    for path in _out_of_date(workspace):
        if path.stat().st_mtime <= time.time() - READ_WITHIN_S:
            path.unlink()
            checksum_path(path).unlink(missing_ok=True)


def _out_of_date(workspace: Workspace) -> list[Path]:
    """Return the derived files with rows of imports that are of no import, or not of all of now."""
    folder, ids = workspace.derived_path, {m.import_id for m in workspace.lake.imports()}
    with Derivation(workspace) as derivation:
        current = set(derivation.existing_files())
    # Files without rows have the same name for ever, and readers that never ask for them again.
    made = [path for path in folder.rglob("*.parquet") if not path.name.startswith("empty-")]
    # Copies of rows at the lake's address are named by the import alone.
    made = [path for path in made if not {path.stem, path.stem.rpartition("-")[0]} & ids]
    return [path for path in made if path not in current]
