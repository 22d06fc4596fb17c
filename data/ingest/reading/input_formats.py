"""Recognise the format of a source by its first bytes rather than by its file name."""

import codecs
import errno
import hashlib
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

import pyarrow as pa
import sqlalchemy
from python_calamine import CalamineError

from data.ingest.reading.text.encoding import unmarked_utf16
from geo.errors import GridwardenError

Source: TypeAlias = "str | Path"

SHAPEFILE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")


class Format(StrEnum):
    """How a source is read."""

    WORKBOOK = "workbook"
    CSV = "csv"
    PAGE = "page"
    LAYER = "layer"
    PARQUET = "parquet"
    DATABASE = "database"
    RECORDS = "records"
    ARCHIVE = "archive"
    DBASE = "dbase"


_MAGIC = (
    (b"PAR1", Format.PARQUET),
    (b"\xd0\xcf\x11\xe0", Format.WORKBOOK),  # the old Excel
    (b"\x00\x00\x27\x0a", Format.LAYER),  # a Shapefile
    (b"SQLite format 3", Format.LAYER),
    (b"fgb\x03", Format.LAYER),
    (b"PMTiles", Format.LAYER),
    (b"\x1f\x8b", Format.ARCHIVE),  # gzip, of one file
)
_FOREIGN = {
    b"%PDF": "PDF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"MIME-Version:": "MHTML",
}
_OFFICE_PARTS = ("[content_types].xml", "mimetype")
"""A zip that holds one of these is a document of an office program and no archive of tables."""
_DOCUMENTS = {"word/": "Word", "ppt/": "PowerPoint"}
_OSM = (b"OSMHeader", b"<osm")
"""What an extract of OpenStreetMap has among its first bytes."""
_LARGEST_PART, _MOST_INFLATED = 100 << 20, 200
"""A part of a zipped file larger than the first may not be more than the second times its zipped
size: tables shrink to a tenth or a thirtieth, only what is made to fill a memory to so little."""

DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError),
    *(CalamineError, ET.ParseError, pa.ArrowException, UnicodeError, struct.error, OverflowError),
)
"""`NotImplementedError`: an unknown compression; `OverflowError`: a date beyond what Python has."""
_PANICS: Final = "pyo3_runtime"
"""Module of what a reader written in Rust raises where it did not expect something."""
_LONGEST: Final = 200
"""Characters of a reader's own words that are told."""

_DBASE_HEAD: Final = 32
_DBASE_KINDS: Final = b"\x03\x30\x31\x32\x43\x63\x83\x8b\xf5"
_LOOKED_AT, _FIRST_PRINTED, _MOST_CONTROLS = 4096, 0x20, 0.02
_MAP_MARKUP = (b"<kml", b"<gml:", b"opengis.net", b"<gpx")
MOST_CELLS = 20_000_000
"""A table of so many cells is read whatever they hold: some 600 MB."""
MOST_EMPTY = 5
"""A larger one may have so many times the cells that hold something."""
_GEOJSON = rb'"type"\s*:\s*"(?:FeatureCollection|Feature|Topology|GeometryCollection)"'
_MARKUP = (b"<html", b"<table", b"<!doctype", b"<?xml", b"<head", b"<meta", b"<style")


class UnreadableSourceError(GridwardenError):
    """A source is missing, broken, empty, of no known kind, or holds no table."""


def format_of(source: Source) -> Format:
    """Return how `source` is to be read.

    A text with ``://`` is a database: ``sqlite:///x.db#SELECT …``. Files are recognised by their
    content, because many systems export text or a new workbook under the name ``.xls``.

    Raises `UnreadableSourceError`: ``file_not_found``, ``empty_file``, ``broken_file``, or
    ``no_table`` for documents and pictures.
    """
    if "://" in str(source):
        return Format.DATABASE
    path = Path(source)
    if not path.is_file():
        raise UnreadableSourceError("file_not_found", seen=str(source))
    with path.open("rb") as stream:
        start = stream.read(_LOOKED_AT)
    if not start:
        raise UnreadableSourceError("empty_file", seen=path.name)
    return _by_magic(path, start)


def _by_magic(path: Path, start: bytes) -> Format:
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if any(mark in start[:200] for mark in _OSM):
        return Format.LAYER
    if _is_dbase(path, start):
        return Format.DBASE
    if start.startswith(b"PK"):
        return _in_zip(path)
    for magic, name in _FOREIGN.items():
        if start.startswith(magic):
            raise UnreadableSourceError("no_table", seen=path.name, kind=name)
    return _by_text(path, start)


def is_sparse(cells: int, filled: int) -> bool:
    """Say whether a table would have far more cells than hold something, and too many."""
    return cells > max(MOST_CELLS, MOST_EMPTY * filled)


def _is_dbase(path: Path, start: bytes) -> bool:
    """Return whether a file is a table of dBASE or FoxPro: a head and sizes that add up."""
    if start[0] not in _DBASE_KINDS or len(start) < _DBASE_HEAD:
        return False
    month, day = start[2:4]
    rows, head, row = struct.unpack_from("<IHH", start, 4)
    is_dated = month <= 12 and day <= 31  # noqa: PLR2004 -- the day of the last change
    return is_dated and head > _DBASE_HEAD and row > 0 and path.stat().st_size >= head + row * rows


def _by_text(path: Path, start: bytes) -> Format:
    text = start.lstrip(b"\x1e\xef\xbb\xbf \t\r\n")
    if text[:9].lower().startswith(_MARKUP):
        return Format.LAYER if any(mark in start for mark in _MAP_MARKUP) else Format.PAGE
    if text.startswith(b"{") and re.search(_GEOJSON, text):
        return Format.LAYER
    if re.match(rb'\{\s*["}]|\[\s*[{\]]', text):
        return Format.RECORDS
    if _is_no_text(start):
        raise UnreadableSourceError("broken_file", seen=path.name, reason="neither text nor table")
    return Format.CSV


def _is_no_text(start: bytes) -> bool:
    """Return whether bytes hold more control characters than any text has."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or unmarked_utf16(start):
        return False
    controls = sum(byte < _FIRST_PRINTED and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in start)
    return controls > _MOST_CONTROLS * len(start)


def _in_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            if any(map(_is_bomb, archive.infolist())):
                raise UnreadableSourceError("broken_file", seen=path.name, reason="zip bomb")
            names = [name.lower() for name in archive.namelist()]
            for folder, kind in _DOCUMENTS.items():
                if any(name.startswith(folder) for name in names):
                    raise UnreadableSourceError("no_table", seen=path.name, kind=kind)
            is_office = any(name in names for name in _OFFICE_PARTS)
            return Format.WORKBOOK if is_office else Format.ARCHIVE
    except zipfile.BadZipFile as error:
        raise UnreadableSourceError("broken_file", seen=path.name) from error


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > most_unpacked(part.compress_size)


def most_unpacked(packed: int) -> int:
    """Return how many bytes so many packed ones may become."""
    return max(_LARGEST_PART, _MOST_INFLATED * packed)


def hash_source(source: Source) -> str | None:
    """Return the SHA-256 of a source's bytes as 64 hex digits, None for a database.

    A Shapefile is several files; all of them count.
    """
    if "://" in str(source):
        return None
    path = Path(source)
    if not path.is_file():
        raise UnreadableSourceError("file_not_found", seen=str(source))
    digest = hashlib.sha256()
    for part in _parts(path):
        with part.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _parts(path: Path) -> list[Path]:
    if path.suffix.lower() != ".shp":
        return [path]
    paths = (path.with_suffix(ending) for ending in SHAPEFILE_PARTS)
    return [part for part in paths if part.is_file()]


def name_of_source(source: Source) -> str:
    """Return the name under which a source is remembered: without folders and passwords."""
    if "://" not in str(source):
        return Path(source).name
    url, _, query = str(source).partition("#")
    return f"{show_url(url)}#{query}" if query else show_url(url)


def show_url(url: str) -> str:
    """Return a database URL without its password, or only its scheme if it cannot be read."""
    try:
        return sqlalchemy.make_url(url).render_as_string(hide_password=True)
    except sqlalchemy.exc.ArgumentError:
        return url.partition("://")[0]


@contextmanager
def refusing_damage(source: Source) -> Iterator[None]:
    """Turn what readers raise at damage into ``broken_file``; what the disk raises stays.

    Raises `UnreadableSourceError`: ``broken_file``.
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
    except BaseException as error:  # how the reader of workbooks fails is no `Exception`
        if type(error).__module__ != _PANICS:
            raise
        raise _broken(source, error) from error


def _broken(source: Source, error: BaseException) -> UnreadableSourceError:
    reason = str(error)[:_LONGEST]
    return UnreadableSourceError("broken_file", seen=name_of_source(source), reason=reason)
