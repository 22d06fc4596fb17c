"""Rows files that lie at an address, and their copies on the disk, which are read."""

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

from data.lake.address import LakeAddress, LakeError
from data.lake.checksums import checksum_path
from data.lake.manifest import ROWS_FILE, Manifest
from data.workspace.atomic import move_file, replacing, write_bytes

UNREAD_S: Final = 30 * 86_400.0
"""Seconds after which a copy that nobody asked for is deleted, when another one comes."""


class RemoteRows:
    """The rows of imports at an address: ``<table>/<import_id>/rows.parquet``.

    ``copies``: folder of the disk for their copies; it can be deleted at any time.
    """

    def __init__(self, address: LakeAddress, copies: Path) -> None:
        self.address, self._copies = address, copies
        self._fetching = Lock()

    def put(self, rows: Path, manifest: Manifest) -> None:
        """Bring the rows of an import there; the file becomes the copy that is read."""
        self.address.put(rows, _name(manifest))
        copy = self._copy_path(manifest)
        write_bytes(checksum_path(copy), manifest.rows_sha256.encode())
        move_file(rows, copy)

    def copy_of(self, manifest: Manifest) -> Path:
        """Return a copy of the rows of an import; fetched where there is none.

        Raises `LakeError`: ``rows_missing``, ``rows_changed`` when they are not those of the
        manifest, and as `LakeAddress`.
        """
        copy = self._copy_path(manifest)
        with self._fetching:
            if copy.exists():
                with suppress(OSError):
                    os.utime(copy)
                return copy
            with replacing(copy) as draft:
                seen = self.address.fetch(_name(manifest), draft)
                if seen != manifest.rows_sha256:
                    raise LakeError("rows_changed", file=_name(manifest))
                write_bytes(checksum_path(copy), seen.encode())
            self._delete_unread()
        return copy

    def holds(self, manifest: Manifest) -> bool:
        """Say whether the rows of an import are at the address."""
        return self.address.holds(_name(manifest))

    def sha256(self, manifest: Manifest) -> str:
        """Return the hash of what lies at the address; LakeError as `copy_of`."""
        return self.address.sha256(_name(manifest))

    def take_back(self, table: str, import_id: str) -> None:
        """Delete what was brought there for an import that never was."""
        self.address.delete(f"{table}/{import_id}")

    def delete(self, manifest: Manifest) -> None:
        """Delete the rows of an import at the address, and their copy."""
        self.take_back(manifest.table, manifest.import_id)
        copy = self._copy_path(manifest)
        copy.unlink(missing_ok=True)
        checksum_path(copy).unlink(missing_ok=True)

    def _copy_path(self, manifest: Manifest) -> Path:
        folder = self._copies / manifest.table
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{manifest.import_id}.parquet"

    def _delete_unread(self) -> None:
        for copy in self._copies.glob("*/*.parquet"):
            with suppress(OSError):
                if copy.stat().st_mtime < time.time() - UNREAD_S:
                    copy.unlink()
                    checksum_path(copy).unlink()


def _name(manifest: Manifest) -> str:
    return f"{manifest.table}/{manifest.import_id}/{ROWS_FILE}"
