"""An address of fsspec, at which files lie under their names: each whole, or not there."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final

from data.workspace.atomic import flush
from geo.errors import GridwardenError

CHUNK_BYTES: Final = 8 * 1024 * 1024
_DRAFT: Final = ".draft-"
_OF_SPARK: Final = {"local": "file", "s3": "s3a", "gcs": "gs"}
"""Scheme of an address → that under which Spark reads the same file, where it has another."""
_PROBE: Final = ".gridwarden-probe"


class LakeError(GridwardenError):
    """The lake's address cannot be used, or a file there is missing or was changed."""


class LakeAddress:
    """Files at an address; names are relative to it, with slashes.

    Opened when it is first used. Everything raises `LakeError`: ``lake_not_installed`` where its
    driver is missing, ``lake_unreachable`` when it does not answer or refuses.

    ``url``: as fsspec takes it, or the absolute path of a folder.
    ``options``: what its driver is told.
    """

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self.url, self._options = url.rstrip("/"), options

    def put(self, file: Path, name: str, *, replace: bool = True) -> None:
        """Copy a file of the disk there: under a draft's name first, so that it appears whole.

        ``replace``: also a file of this name and size; else it stays, whoever brought it meanwhile.
        """
        with _as_lake_error():
            path = self._path(name)
            draft = f"{path}{_DRAFT}{secrets.token_hex(4)}"
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._fs.put_file(str(file), draft)
            if self._size(draft) != file.stat().st_size:
                raise LakeError("lake_unreachable", seen="size")
            self._flush(draft)
            size = self._size(path)
            if size == file.stat().st_size and not replace:
                self._fs.rm_file(draft)
                return
            if size is not None:  # some file systems move over no other file
                self._fs.rm_file(path)
            self._fs.mv(draft, path)
            if self._size(path) != file.stat().st_size:  # WebHDFS refuses a move without an error
                raise LakeError("lake_unreachable", seen="move")
            self._flush(path)

    def fetch(self, name: str, to: Path) -> str:
        """Copy a file to the disk and return the SHA-256 of what came.

        Raises `LakeError`: ``rows_missing`` when it is not there; and as ever.
        """
        digest = hashlib.sha256()
        with to.open("wb") as file:
            for chunk in self._chunks(name):
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest()

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a file, reading all of it; raises as `fetch`."""
        digest = hashlib.sha256()
        for chunk in self._chunks(name):
            digest.update(chunk)
        return digest.hexdigest()

    def holds(self, name: str) -> bool:
        """Say whether a file is there."""
        with _as_lake_error():
            self._fs.invalidate_cache()
            return self._size(self._path(name)) is not None

    def delete(self, name: str) -> None:
        """Delete a file, or a folder with all in it; nothing where there is none."""
        with _as_lake_error():
            self._fs.invalidate_cache()
            if self._fs.exists(path := self._path(name)):
                self._fs.rm(path, recursive=True)

    def names(self, folder: str) -> list[str]:
        """Return the names of all files below a folder, relative to the address, sorted."""
        with _as_lake_error():
            self._fs.invalidate_cache()
            found = self._fs.find(self._path(folder))
            return sorted(path.removeprefix(self._root).lstrip("/") for path in found)

    def share(self, root: Path, file: Path, *, within: str) -> str:
        """Copy a file of a folder there unless it is there, and return its name there.

        Copies of files that the folder no longer has are deleted when another one comes.

        ``root``, ``file``: the folder, and a file in it that never changes.
        ``within``: folder at the address that holds nothing but such copies.
        """
        name = f"{within}/{file.relative_to(root).as_posix()}"
        with _as_lake_error():
            self._fs.invalidate_cache()
            is_copied = self._size(self._path(name)) == file.stat().st_size
        if not is_copied:
            self.put(file, name, replace=False)
            for other in self.names(within):
                if not (root / other.removeprefix(f"{within}/").partition(_DRAFT)[0]).exists():
                    self.delete(other)
        return name

    def spark_url(self, name: str) -> str:
        """Return how Spark names a file, where it has a driver for it."""
        scheme, found, rest = self.url.partition("://")
        if not found:
            return f"file://{self.url}/{name}"
        return f"{_OF_SPARK.get(scheme, scheme)}://{rest}/{name}"

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a file to read parts of it."""
        with _as_lake_error(), self._fs.open(self._path(name), "rb") as file:
            yield file

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave what is open to the process that opened it."""
        return LakeAddress, (self.url, dict(self._options))

    def check(self) -> None:
        """Write a small file, read it and delete it."""
        with _as_lake_error():
            path = f"{self._path(_PROBE)}-{secrets.token_hex(4)}"
            self._fs.makedirs(self._root, exist_ok=True)
            self._fs.pipe_file(path, b"gridwarden")
            seen = self._fs.cat_file(path)
            self._fs.rm_file(path)
        if seen != b"gridwarden":
            raise LakeError("lake_unreachable", seen="content")

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        if not find_spec("fsspec"):
            raise LakeError("lake_not_installed", seen="fsspec")
        from fsspec.core import url_to_fs

        try:
            fs, root = url_to_fs(self.url, **self._options)
        except (ImportError, ValueError) as error:  # no driver, or a scheme that nobody knows
            scheme = self.url.partition("://")[0]
            raise LakeError("lake_not_installed", seen=scheme) from error
        return fs, root.rstrip("/")

    @property
    def _fs(self) -> Any:  # noqa: ANN401 -- a file system of fsspec, which is optional
        return self._opened[0]

    @property
    def _root(self) -> str:
        return self._opened[1]

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _size(self, path: str) -> int | None:
        """Return the bytes of a file; None where there is none."""
        try:
            return int(self._fs.info(path)["size"])
        except FileNotFoundError:
            return None

    def _chunks(self, name: str) -> Iterator[bytes]:
        with _as_lake_error():
            try:
                with self._fs.open(self._path(name), "rb") as file:
                    while chunk := file.read(CHUNK_BYTES):
                        yield chunk
            except FileNotFoundError as error:
                raise LakeError("rows_missing", file=name) from error

    def _flush(self, path: str) -> None:
        """Wait until a file is on the disk, where the address is one of this machine."""
        if getattr(self._fs, "local_file", False):
            flush(Path(path), Path(path).parent)


@contextmanager
def _as_lake_error() -> Iterator[None]:
    """Tell what drivers raise, of whatever kind, without what they say: it may hold a secret."""
    try:
        yield
    except GridwardenError:
        raise
    except Exception as error:  # noqa: BLE001 -- each driver has errors of its own
        raise LakeError("lake_unreachable", seen=type(error).__name__) from None
