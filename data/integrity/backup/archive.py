"""The file of a backup: a tar, encrypted or not, whose last entry lists all others by SHA-256."""

import hashlib
import hmac
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, Self, cast

from data.integrity.backup.freeze import FILES, STORE, Frozen
from data.integrity.backup.sealed_stream import (
    SealedReader,
    SealError,
    SealingWriter,
    is_sealed,
)
from data.integrity.backup.store_copy import BackupError, StoreCopy
from data.privacy.key_derivation import derive_key
from data.workspace.content_store import PIECE_BYTES

MANIFEST: Final = "manifest.json"
FORM: Final = 1
PURPOSE: Final = "gridwarden backup"
_MOST_MANIFEST: Final = 1 << 30


@dataclass(frozen=True, kw_only=True)
class BackupManifest:
    """What a backup holds.

    ``kind``, ``revision``, ``tables``, ``sequences``: of the store, as in `StoreCopy`.
    """

    made_at: str
    """Aware time, as ISO 8601."""
    program: str
    """Version of the program that made it."""
    keys: bool
    """Whether the workspace's secret is in it."""
    kind: str
    revision: str
    tables: dict[str, list[str]]
    sequences: dict[str, tuple[int, bool]]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Path within the backup → bytes and SHA-256."""
    seal: str = ""
    """HMAC-SHA256 of all of that, under a key made from the workspace's secret."""
    form: int = FORM

    @classmethod
    def of_bytes(cls, content: bytes) -> Self:
        """Read a manifest.

        Raises `BackupError`: ``backup_not_one``, or ``backup_of_newer``.
        """
        try:
            facts = json.loads(content)
            if facts["form"] > FORM:
                raise BackupError("backup_of_newer", seen=facts["form"])
            pairs = {
                name: (int(size), str(digest)) for name, (size, digest) in facts["files"].items()
            }
            return cls(**{**facts, "files": pairs})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupError("backup_not_one", seen=type(error).__name__) from error

    def sealed_by(self, secret: bytes) -> str:
        """Return the seal that the manifest must have under a workspace's secret."""
        facts = {name: value for name, value in asdict(self).items() if name != "seal"}
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        return hmac.digest(derive_key(secret, PURPOSE), text.encode(), hashlib.sha256).hex()

    def is_of(self, secret: bytes) -> bool:
        """Say whether the manifest is what the workspace of a secret wrote."""
        return hmac.compare_digest(self.seal, self.sealed_by(secret))

    @property
    def store(self) -> StoreCopy:
        """Return what the store is."""
        return StoreCopy(
            kind=self.kind, revision=self.revision, tables=self.tables, sequences=self.sequences
        )


def write_archive(
    file: BinaryIO, frozen: Frozen, *, passphrase: str | None, secret: bytes, **facts: Any,  # noqa: ANN401 -- of the manifest
) -> BackupManifest:  # fmt: skip
    """Write what was frozen to a file.

    ``passphrase``: encrypts it; None writes a plain tar.
    ``secret``: of the workspace; seals the manifest.
    ``facts``: ``made_at`` and ``program`` of the manifest.
    """
    sealing = SealingWriter(file, passphrase) if passphrase is not None else None
    store = frozen.store
    manifest = BackupManifest(
        keys=passphrase is not None, kind=store.kind, revision=store.revision,
        tables=store.tables, sequences=store.sequences, **facts,
    )  # fmt: skip
    sink = cast("BinaryIO", sealing or file)
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name in _names(frozen.folder):
            manifest.files[name] = _add(tar, name, frozen.folder / name)
        whole = asdict(manifest) | {"seal": manifest.sealed_by(secret)}
        _add_bytes(tar, MANIFEST, json.dumps(whole, indent=1, ensure_ascii=False).encode())
    if sealing is not None:
        sealing.finish()
    return BackupManifest(**whole)


def _names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def _add(tar: tarfile.TarFile, name: str, path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        size, reading = path.stat().st_size, _Hashing(file)
        tar.addfile(_entry(name, size), cast("Any", reading))
    return size, reading.digest.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    import io

    tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def opened(path: Path, *, passphrase: str | None) -> Iterator[BinaryIO]:
    """Open a backup and decrypt it where it is encrypted.

    Raises `BackupError`: ``passphrase_missing``, or ``passphrase_wrong`` where the very first piece
    does not open.
    """
    with path.open("rb") as file:
        start = file.read(16)
        file.seek(0)
        if not is_sealed(start):
            yield file
            return
        if passphrase is None:
            raise BackupError("passphrase_missing", file=path.name)
        try:
            yield cast("BinaryIO", SealedReader(file, passphrase))
        except SealError as error:
            code = "backup_cut_off" if error.number else "passphrase_wrong"
            raise BackupError(code, file=path.name) from error


def take_apart(file: BinaryIO, folder: Path) -> BackupManifest:
    """Write the files of a backup into an empty folder, each held against its SHA-256.

    Raises `BackupError`: ``backup_not_one``; ``backup_damaged``, naming every file that is missing,
    was changed or does not belong there.
    """
    seen: dict[str, tuple[int, str]] = {}
    strangers: set[str] = set()
    manifest = None
    whole = True
    try:
        with tarfile.open(fileobj=file, mode="r|") as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isfile() else None
                if content is None or entry.name in seen or not _is_safe(entry.name):
                    strangers.add(entry.name)
                elif entry.name == MANIFEST:
                    manifest = BackupManifest.of_bytes(content.read(_MOST_MANIFEST))
                else:
                    seen[entry.name] = _write(cast("BinaryIO", content), folder / entry.name)
            _drain(file)
    except (tarfile.TarError, EOFError):
        whole = False
    if manifest is None:
        raise BackupError("backup_cut_off" if seen else "backup_not_one")
    _compare(manifest.files, seen, strangers, whole=whole)
    return manifest


def _compare(
    named: Mapping[str, tuple[int, str]],
    seen: Mapping[str, tuple[int, str]],
    strangers: Iterable[str],
    *,
    whole: bool,
) -> None:
    problems = {
        "missing": sorted(named.keys() - seen.keys()),
        "changed": sorted(name for name in named.keys() & seen.keys() if named[name] != seen[name]),
        "unexpected": sorted({*strangers, *(seen.keys() - named.keys())}),
    }
    if any(problems.values()) or not whole:
        count = sum(map(len, problems.values()))
        raise BackupError("backup_damaged", count=count, **problems)


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    inside = path.parts[:1] in {(STORE,), (FILES,)} and len(path.parts) > 1
    plain = "\\" not in name and ":" not in name and "\0" not in name
    return name == MANIFEST or (inside and plain and ".." not in path.parts)


def _write(content: BinaryIO, path: Path) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        path.chmod(0o600)
        while piece := content.read(PIECE_BYTES):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _drain(file: BinaryIO) -> None:
    """Read what is behind the end of the tar, so that the last piece is checked as well."""
    while file.read(PIECE_BYTES):
        pass
