"""A stream under a passphrase: AES-256-GCM by pieces, none of which can be moved, changed or cut.

The key is made by scrypt from the passphrase and a salt of the file's own. Each piece carries its
number and whether it is the last, so a file that was shortened shows.
"""

import os
import struct
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC: Final = b"GWSEALED1\n"
PIECE_BYTES: Final = 1_048_576
SALT_BYTES: Final = 16
TAG_BYTES: Final = 16
COST: Final = 2**16
"""Of scrypt, with blocks of 8: 64 MB for every guess."""
_LENGTH: Final = struct.Struct(">I")
_NUMBER: Final = struct.Struct(">IQ")


class SealError(Exception):
    """A piece is not what was written, or the passphrase is another; ``number`` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class SealingWriter:
    """Write what is given, encrypted, to a file; `finish` writes the last piece.

    ``file``: open for writing; it is not closed.
    ``passphrase``: of any length.
    """

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt = os.urandom(SALT_BYTES)
        self._file, self._header = file, MAGIC + salt
        self._cipher = _cipher(passphrase, salt)
        self._left, self._number = bytearray(), 0
        file.write(self._header)

    def write(self, content: bytes) -> int:
        """Take bytes in and return how many."""
        self._left += content
        while len(self._left) > PIECE_BYTES:  # what is last is not known before `finish`
            piece = bytes(self._left[:PIECE_BYTES])
            del self._left[:PIECE_BYTES]
            self._seal(piece, last=False)
        return len(content)

    def finish(self) -> None:
        """Write the last piece, which may be empty."""
        self._seal(bytes(self._left), last=True)
        self._left.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce, about = _marks(self._header, self._number, last=last)
        sealed = self._cipher.encrypt(nonce, piece, about)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class SealedReader:
    """Read what a `SealingWriter` wrote.

    ``file``: open for reading, at its beginning.

    Raises `SealError` by `read`, as soon as a piece is wrong; number 0 where the passphrase is
    another.
    """

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file = file
        self._header = file.read(len(MAGIC) + SALT_BYTES)
        self._cipher = _cipher(passphrase, self._header[len(MAGIC) :])
        self._left, self._number = bytearray(), 0
        self._following = self._next_piece()

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes, all that are left where it is negative."""
        while self._following is not None and (size < 0 or len(self._left) < size):
            sealed, self._following = self._following, self._next_piece()
            nonce, about = _marks(self._header, self._number, last=self._following is None)
            try:
                self._left += self._cipher.decrypt(nonce, sealed, about)
            except InvalidTag as error:
                raise SealError(self._number) from error
            self._number += 1
        found = bytes(self._left if size < 0 else self._left[:size])
        del self._left[: len(found)]
        return found

    def _next_piece(self) -> bytes | None:
        length = self._file.read(_LENGTH.size)
        if not length:
            return None
        size = _LENGTH.unpack(length)[0] if len(length) == _LENGTH.size else 0
        sealed = self._file.read(min(size, PIECE_BYTES + TAG_BYTES))
        if len(sealed) != size:
            raise SealError(self._number + 1)
        return sealed


def is_sealed(start: bytes) -> bool:
    """Say whether a file that begins so is encrypted."""
    return start.startswith(MAGIC)


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode()))


def _marks(header: bytes, number: int, *, last: bool) -> tuple[bytes, bytes]:
    """Return the nonce of a piece – its number: the key is the file's own – and what it is."""
    return _NUMBER.pack(0, number), header + (b"last" if last else b"more")
