"""SHA-256 of options and of files, and where it is kept beside files that can be made again."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum_path(path: Path) -> Path:
    """Return where the SHA-256 of a derived or quarantined file is kept."""
    return path.with_name(f"{path.name}.sha256")


def has_its_checksum(path: Path) -> bool:
    """Say whether a file is there as it was when its checksum was written."""
    kept = checksum_path(path)
    return path.is_file() and kept.is_file() and kept.read_bytes() == hash_file(path).encode()


def hash_options(options: Mapping[str, Any]) -> str:
    """Return a hash of options that depends on no order of theirs, nor on that of a set."""
    text = json.dumps(options, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Return what JSON has no kind for: sets come in another order in each process."""
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
