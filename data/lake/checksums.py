"""SHA-256 of files, and where it is kept beside those that can be made again."""

import hashlib
from pathlib import Path


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
