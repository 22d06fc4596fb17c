"""Who complained and how an advert's author is reached: encrypted, outside the lake.

One file per import, ``identities/<import_id>.bin``: AES-256-GCM under a key of its own, made from
the workspace's secret, each batch of rows one message. Moving, shortening or changing a file shows,
since every message carries the import, its place and whether it is the last. Without the secret the
files say nothing but their length.
"""

import os
import struct
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.lake.ipc import of_stream, to_stream
from data.lake.schema import ROW_KEY, TEXT
from data.privacy.key_derivation import derive_key
from data.workspace.atomic import move_file
from geo.errors import GridwardenError

NAME, PHONE, KEY = "name", "phone", "reporter_key"
SCHEMA = pa.schema([(ROW_KEY, TEXT), (KEY, TEXT), (NAME, TEXT), (PHONE, TEXT)])
PURPOSE = "gridwarden identities "
ERASED = "erased_identities"
"""Name under which the store keeps how many rows of an import are left where some were erased."""
MAGIC = b"GWIDENT1"
NONCE_BYTES = 12
_LENGTH = struct.Struct(">I")
_COUNT = struct.Struct(">Q")


class IdentityError(GridwardenError):
    """What was kept apart cannot be read: missing, changed, or of another secret."""


@dataclass(frozen=True, slots=True)
class Person:
    """Name as sent; None where the sender gave none."""

    name: str | None
    phone: str | None


class IncomingIdentities:
    """The file of an import while it is being written."""

    def __init__(
        self, file: BinaryIO, *, key: bytes, import_id: str, draft: Path, place: Path
    ) -> None:
        self._file, self._cipher, self._import_id = file, AESGCM(key), import_id
        self._draft, self._place = draft, place
        self._messages = 0
        self.rows = 0
        file.write(MAGIC)

    def write(self, rows: pa.Table) -> None:
        """Append rows (`SCHEMA`); nothing where there are none."""
        if rows.num_rows:
            content = to_stream(rows.cast(SCHEMA), compression="zstd")
            self.rows += rows.num_rows
            self._seal(content.to_pybytes(), last=False)

    def keep(self, *, empty: bool = False) -> None:
        """Put the file in its place, ended by how many rows it holds; without a row if asked."""
        if self.rows or empty:
            self._seal(_COUNT.pack(self.rows), last=True)
            self._file.close()
            move_file(self._draft, self._place)

    def _seal(self, content: bytes, *, last: bool) -> None:
        nonce = os.urandom(NONCE_BYTES)
        about = _about(self._import_id, self._messages, last=last)
        sealed = nonce + self._cipher.encrypt(nonce, content, about)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._messages += 1


class Identities:
    """All names and numbers of a workspace that are kept apart.

    ``secret``: gives the workspace's secret.
    """

    def __init__(self, folder: Path, secret: Callable[[], bytes]) -> None:
        self.folder = folder
        self._secret = secret

    def path(self, import_id: str) -> Path:
        """Return the file of an import."""
        return self.folder / f"{import_id}.bin"

    def imports(self) -> list[str]:
        """Return the imports that have a file, sorted."""
        return sorted(path.stem for path in self.folder.glob("[!.]*.bin"))

    @contextmanager
    def incoming(self, import_id: str) -> Iterator[IncomingIdentities]:
        """Give something to write an import's rows to; what is not kept is gone after that."""
        self.folder.mkdir(exist_ok=True, mode=0o700)
        draft = self.folder / ".incoming.bin"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 -- a descriptor, for its rights
                yield IncomingIdentities(
                    file,
                    key=self._key(import_id),
                    import_id=import_id,
                    draft=draft,
                    place=self.path(import_id),
                )
        finally:
            draft.unlink(missing_ok=True)

    def read(self, import_id: str) -> pa.Table:
        """Return the rows of an import: ``row_key, reporter_key, name, phone``.

        ``row_key`` is null where the row was refused and waits to be corrected.

        Raises `IdentityError`: ``identities_missing`` or ``identities_changed``.
        """
        try:
            with self.path(import_id).open("rb") as file:
                messages = list(self._messages(file, import_id))
        except FileNotFoundError as error:
            raise IdentityError("identities_missing", import_id=import_id) from error
        except (InvalidTag, ValueError, struct.error) as error:
            raise IdentityError("identities_changed", import_id=import_id) from error
        return pa.concat_tables([SCHEMA.empty_table(), *messages])

    def find(self, import_id: str, *, row_key: str, key: str | None) -> Person | None:
        """Return who an import says complained in a row, or was known under a keyed hash."""
        rows = self.read(import_id)
        for column, value in ((ROW_KEY, row_key), (KEY, key)):
            if value:
                matches = rows.filter(pc.equal(rows[column], value)).to_pylist()
                if matches:
                    return Person(matches[0][NAME], matches[0][PHONE])
        return None

    def forget(self, import_id: str) -> None:
        """Delete what an import brought; nothing where it brought none."""
        self.path(import_id).unlink(missing_ok=True)

    def replace(self, import_id: str, rows: pa.Table) -> None:
        """Keep these rows (`SCHEMA`), maybe none, in place of what an import brought."""
        with self.incoming(import_id) as incoming:
            incoming.write(rows)
            incoming.keep(empty=True)

    def sweep(self, imports: Collection[str]) -> None:
        """Delete files of imports that are not in the lake: left by a crash before or after."""
        for import_id in set(self.imports()) - set(imports):
            self.forget(import_id)

    def _key(self, import_id: str) -> bytes:
        return derive_key(self._secret(), PURPOSE + import_id)

    def _messages(self, file: BinaryIO, import_id: str) -> Iterator[pa.Table]:
        """Yield the tables of a file, in order; the last message must count them right."""
        cipher, rows, number = AESGCM(self._key(import_id)), 0, 0
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError(MAGIC)
        following = _next_message(file)
        while following:
            sealed, following = following, _next_message(file)
            about = _about(import_id, number, last=not following)
            content = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
            number += 1
            if following:
                table = of_stream(content)
                rows += table.num_rows
                yield table
            elif _COUNT.unpack(content)[0] != rows:
                raise ValueError(rows)
        if not number:
            raise ValueError(number)


def identities_of(row_key: pa.Array, key: pa.Array, name: pa.Array, phone: pa.Array) -> pa.Table:
    """Return the rows with a name or a number; masked values do not count."""
    unmasked = [pc.if_else(pc.match_substring(each, "*"), None, each) for each in (name, phone)]
    table = pa.table([row_key, key, *unmasked], schema=SCHEMA)
    return table.filter(pc.or_(pc.is_valid(unmasked[0]), pc.is_valid(unmasked[1])))


def _about(import_id: str, number: int, *, last: bool) -> bytes:
    return f"{import_id}|{number}|{'last' if last else 'more'}".encode()


def _next_message(file: BinaryIO) -> bytes:
    length = file.read(_LENGTH.size)
    if not length:
        return b""
    size: int = _LENGTH.unpack(length)[0]
    sealed = file.read(size)
    if len(sealed) != size:
        raise ValueError(size)
    return sealed
