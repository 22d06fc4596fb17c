"""What readers raise at a file that is damaged, told as the one refusal that users know."""

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree import ElementTree as ET

import pyarrow as pa
from python_calamine import CalamineError

from data.ingest.reading.sources import Source, UnreadableSourceError, name_of_source

DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError),
    *(CalamineError, ET.ParseError, pa.ArrowException, UnicodeError, struct.error),
)
"""`NotImplementedError`: a part is packed in a way nobody here knows."""
_LONGEST: Final = 200


@contextmanager
def refusing_damage(source: Source) -> Iterator[None]:
    """Turn what readers raise at damage into ``broken_file``; what the disk raises stays.

    Raises
    ------
    UnreadableSourceError
        ``broken_file``.
    """
    try:
        yield
    except DAMAGED as error:
        raise _broken(source, error) from error
    except OSError as error:
        # readers of Parquet and zips raise some without a number, or as if asked for nonsense
        if error.errno not in {None, errno.EINVAL}:
            raise
        raise _broken(source, error) from error


def _broken(source: Source, error: Exception) -> UnreadableSourceError:
    reason = str(error)[:_LONGEST]
    return UnreadableSourceError("broken_file", seen=name_of_source(source), reason=reason)
