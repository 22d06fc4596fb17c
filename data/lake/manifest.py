"""The manifest of an import: its source, its counts, its files."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo.errors import GridwardenError

MANIFEST_FILE = "manifest.json"
UNDONE_FILE = "manifest.undone.json"
ROWS_FILE = "rows.parquet"
SCHEMA_VERSION = 1


class ManifestError(GridwardenError):
    """A manifest is unreadable or contradicts itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFacts:
    """What became of the rows of a file.

    ``rows_in``, ``accepted``, ``quarantined``, ``duplicates``: ``rows_in`` is the sum of the other
    three, always.
    ``datum``, ``datum_shares``: what the coordinates were read as, and how the candidates did where
    they were compared.
    ``noted``, ``noted_rows``: code of what is odd about the coordinates of accepted rows → how
    many, and the numbers of the first of them (`data.ingest.coordinates.point_notes`).
    """

    import_id: str
    """Sortable name: time of import, then six digits of the file's hash."""
    table: str
    """Contract the rows keep to."""
    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int
    reasons: dict[str, int] = field(default_factory=dict)
    """Reason code → quarantined rows that have it; a row may have several."""
    replaced: int = 0
    """Accepted rows that took the place of an older row with the same key."""
    left_out: int = 0
    """Rows that the ``where`` filter left out before counting."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Note code → lines of the file that are no data (totals, footers, blank lines)."""
    dropped_personal: dict[str, int] = field(default_factory=dict)
    """Header → cells that may not be held and were thrown away."""
    kept_unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    """Field → value outside its list → rows, where the list is open; the thirty commonest."""
    mapping: dict[str, str] = field(default_factory=dict)
    """Field → the sender's header."""
    datum: str | None = None
    datum_shares: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """Codes of what a reader should know, e.g. ``outside_china``."""
    warned_about: dict[str, list[str]] = field(default_factory=dict)
    """Such a code → what it is about, as the file names it: sheets, cells."""
    noted: dict[str, int] = field(default_factory=dict)
    noted_rows: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(ImportFacts):
    """The record of one import.

    ``file_name``, ``sha256``: the sender's file, by name and by the hash of its bytes.
    ``rows_stored``, ``rows_sha256``: what the rows file holds, duplicates of other imports
    included.
    """

    file_name: str
    sha256: str
    options_hash: str
    """Hash of everything else that decided what was stored: mapping, datum, filters, overrides."""
    imported_at: datetime
    """Local time of the import."""
    rows_stored: int = 0
    rows_sha256: str = ""
    sender: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    returned: dict[str, list[str]] = field(default_factory=dict)
    """Earlier import → its quarantined rows that came back with this file (number and sheet)."""
    identities: int = 0
    """Of how many rows it is kept, apart, who complained."""
    undone: bool = False

    def __post_init__(self) -> None:
        """Check that no row was lost."""
        parts = self.accepted + self.quarantined + self.duplicates
        if parts != self.rows_in:
            raise ManifestError(
                "rows_do_not_add_up",
                import_id=self.import_id,
                seen=f"{self.accepted} + {self.quarantined} + {self.duplicates} = {parts}",
                expected=str(self.rows_in),
            )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest as JSON with sorted keys and a checksum over all of it."""
    content = asdict(manifest) | {"imported_at": manifest.imported_at.isoformat()}
    content["schema_version"] = SCHEMA_VERSION
    del content["undone"]
    content["checksum"] = _checksum(content)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises `FileNotFoundError` when it is not there: never was, or was taken back a moment ago.
    Raises `ManifestError` when it cannot be read, was changed, or its counts do not add up.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return _parsed(text, import_id=path.parent.name, undone=path.name == UNDONE_FILE)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ManifestError(
            "manifest_unreadable", import_id=path.parent.name, seen=str(error)
        ) from error


@lru_cache(maxsize=1024)  # every table that is read asks for all of them
def _parsed(text: str, *, import_id: str, undone: bool) -> Manifest:
    content = json.loads(text)
    if content.pop("checksum") != _checksum(content):
        raise ManifestError("manifest_changed", import_id=import_id)
    known = {each.name for each in fields(Manifest)}
    values = {name: value for name, value in content.items() if name in known}
    values["imported_at"] = datetime.fromisoformat(values["imported_at"])
    values["warnings"] = tuple(values.get("warnings", ()))
    return Manifest(**values, undone=undone)


def _checksum(content: dict[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
