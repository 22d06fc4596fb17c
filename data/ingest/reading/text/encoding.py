"""Find the encoding of a text file by looking at its bytes."""

import codecs
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pyarrow as pa

from data.ingest.reading.text.code_pages import other_alphabet

CHUNK: Final = 1 << 20
LOST: Final = "\ufffd"
"""What stands for bytes that could not be read."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON_BIG5: Final = (b"\xa4\x40", b"\xc6\x7e")
"""The 5,401 characters of Big5 that are in common use."""
_RARE, _COMMON = 0.2, 0.9
_LOOKED_AT: Final = 4_096
_NEARLY_ALL: Final = 0.95
_LONGEST: Final = 4
_FOLLOWING_BITS, _FOLLOWING = 0b1100_0000, 0b1000_0000
_FIRST_BYTES: Final = ((4, 0b1111_0000), (3, 0b1110_0000), (2, 0b1100_0000))
_OF_SEVERAL_BYTES: Final = re.compile(r"[^\x00-\x7f\ufffd]")
_USUAL: Final = re.compile(r"[\t\r\n -~\u00b7\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def find_encoding(path: Path) -> str:
    """Return the encoding of a text file; one that was not changed since is looked through once.

    A byte-order mark decides, or bytes that can only be UTF-16; else a file that is UTF-8
    throughout is UTF-8. If not, the place where it fails to be decides between UTF-8 with stray
    bytes and GB18030 (which contains GBK and GB2312): the one that loses fewer characters there;
    without one whole character of several bytes it is not UTF-8.
    Big5 is readable as GBK, as characters that nobody uses; so are other alphabets
    (`other_alphabet`).
    """
    state = path.stat()
    return _encoding_of(path, (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns))


@lru_cache(maxsize=16)
def _encoding_of(path: Path, _state: tuple[int, ...]) -> str:
    with path.open("rb") as stream:
        start = stream.read(_LOOKED_AT)
        for mark, name in _BOMS:
            if start.startswith(mark):
                return name
        if unmarked := unmarked_utf16(start):
            return unmarked
        stream.seek(0)
        failed_at = _first_failure(stream)
        if failed_at is None:
            return "utf-8"
        stream.seek(max(0, failed_at - CHUNK // 2))
        sample = stream.read(CHUNK)
    texts = {name: sample.decode(name, errors="replace") for name in ("utf-8", "gb18030")}
    best = min(texts, key=lambda name: texts[name].count(LOST))
    if best == "utf-8" and _OF_SEVERAL_BYTES.search(texts[best]):
        return best
    return "cp950" if _is_big5(sample) else other_alphabet(sample) or best


def unmarked_utf16(start: bytes) -> str | None:
    """Return which UTF-16 the first bytes of a file are in without saying so; None for neither.

    Every comma and digit has a zero byte then, and all characters are such as tables hold.
    """
    if b"\0" not in start:
        return None
    for name in ("utf-16-le", "utf-16-be"):
        text = start[: len(start) // 2 * 2].decode(name, errors="replace")
        if sum(map(_is_usual, text)) > _NEARLY_ALL * len(text):
            return name
    return None


def _is_usual(character: str) -> bool:
    """Say whether a character is printed ASCII, a line's end, Chinese or of Chinese typography."""
    return bool(_USUAL.match(character))


def _is_big5(sample: bytes) -> bool:
    """Tell whether bytes are Big5: as GB18030 much is rare, as Big5 nearly all is common."""
    rare = _share(sample.decode("gb18030", errors="ignore"), lambda c: not _bytes_of(c, "gb2312"))
    first, last = _COMMON_BIG5
    as_big5 = sample.decode("cp950", errors="replace")
    common = _share(as_big5, lambda c: first <= _bytes_of(c, "cp950") <= last)
    return rare > _RARE and common > _COMMON


def _bytes_of(character: str, encoding: str) -> bytes:
    return character.encode(encoding, "ignore")


def _share(text: str, counts: Callable[[str], bool]) -> float:
    """Return the share of the Chinese characters, and of marks for lost ones, that count."""
    han = [character for character in text if character >= "\u4e00"]
    return sum(map(counts, han)) / max(1, len(han))


def _first_failure(stream: BinaryIO) -> int | None:
    """Return about where a file stops being UTF-8, or None where it never does."""
    left, read = b"", 0
    try:
        while chunk := stream.read(CHUNK):
            text, left = cut_between_characters(left + chunk)
            if not is_utf8(text):
                text.decode()
            read += len(text)
        left.decode()
    except UnicodeDecodeError as error:
        return read + error.start
    return None


def cut_between_characters(text: bytes) -> tuple[bytes, bytes]:
    """Cut off the last bytes of UTF-8 text if they are the beginning of a character."""
    for back in range(1, min(_LONGEST, len(text)) + 1):
        byte = text[-back]
        if byte & _FOLLOWING_BITS != _FOLLOWING:
            needed = next((n for n, first in _FIRST_BYTES if byte >= first), 1)
            return (text[:-back], text[-back:]) if needed > back else (text, b"")
    return text, b""


def is_utf8(text: bytes) -> bool:
    """Say whether bytes are UTF-8 throughout; several times as fast as decoding them."""
    ends = pa.py_buffer(np.array([0, len(text)], np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(text)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
