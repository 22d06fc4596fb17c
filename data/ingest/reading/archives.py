"""Take the one table or layer out of a zip: a Shapefile in a folder, a workbook, a text file.

A file that gzip packed alone is unpacked as well.
"""

import gzip
import tempfile
import weakref
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import Final

from data.ingest.reading.input_formats import (
    SHAPEFILE_PARTS,
    UnreadableSourceError,
    most_unpacked,
    refusing_damage,
)

_LAYERS = (".shp", ".gpkg", ".geojson", ".geojsonl", ".kml", ".gml", ".fgb")
_TABLES = (".xlsx", ".xls", ".xlsm", ".et", ".ods", ".csv", ".tsv", ".txt", ".json", ".jsonl",
           ".parquet", ".dbf")  # fmt: skip
SENT: Final = "gridwarden-sent-"
"""How the names of folders begin that hold for a while what somebody sent, people included."""


class Unzipped:
    """A table of a zip or gzip, unpacked for as long as this object lives.

    ``others``: names of further tables in the zip.

    Raises `UnreadableSourceError`: ``password_needed``, ``broken_file``, or ``nothing_in_zip`` with
    the names of what it holds.
    """

    def __init__(self, archive: Path, *, sheet: str | None = None) -> None:
        folder = tempfile.TemporaryDirectory(prefix=SENT)
        self._delete = weakref.finalize(self, folder.cleanup)
        self.others: tuple[str, ...] = ()
        if not zipfile.is_zipfile(archive):
            self.path = Path(folder.name) / f"layer{Path(archive.stem).suffix.lower()}"
            _unpack_gzip(archive, self.path)
            return
        with zipfile.ZipFile(archive) as packed:
            parts = {name_of(part): part for part in packed.infolist() if not _is_left_over(part)}
            largest_first = sorted(parts, key=lambda name: (-parts[name].file_size, name))
            tables = _tables_among(largest_first)
            if not tables:
                names = ", ".join(sorted(parts)[:10])
                raise UnreadableSourceError("nothing_in_zip", seen=archive.name, expected=names)
            chosen = next((name for name in tables if PurePosixPath(name).stem == sheet), tables[0])
            self.others = tuple(PurePosixPath(n).stem for n in tables if n != chosen)
            self.path = Path(folder.name) / f"layer{PurePosixPath(chosen).suffix.lower()}"
            for name in _siblings(chosen, parts):
                target = self.path.with_suffix(PurePosixPath(name).suffix.lower())
                _unpack(packed, parts[name], target, archive.name)


def name_of(part: zipfile.ZipInfo) -> str:
    """Return the name of a part: one that is not marked as UTF-8 was most likely GBK."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename


def _is_left_over(part: zipfile.ZipInfo) -> bool:
    """Return whether a part is a folder, or what a system leaves beside the files."""
    path = PurePosixPath(part.filename)
    return part.is_dir() or path.name.startswith((".", "~$")) or "__MACOSX" in path.parts


def _tables_among(names: Iterable[str]) -> list[str]:
    """Return the names of layers, else of other tables, in the order given."""
    for endings in (_LAYERS, _TABLES):
        found = [name for name in names if name.lower().endswith(endings)]
        if found:
            return found
    return []


def _siblings(chosen: str, parts: Iterable[str]) -> list[str]:
    """Return a file and, of a Shapefile or its table, the files that belong to it."""
    if not chosen.lower().endswith((".shp", ".dbf")):
        return [chosen]
    stem = chosen[:-4].lower()
    belonging = {stem + ending for ending in SHAPEFILE_PARTS}
    return [name for name in parts if name.lower() in belonging]


def _unpack(packed: zipfile.ZipFile, part: zipfile.ZipInfo, to: Path, seen: str) -> None:
    if part.flag_bits & 1:
        raise UnreadableSourceError("password_needed", seen=seen)
    with refusing_damage(seen), packed.open(part) as source, to.open("wb") as target:
        copyfileobj(source, target)


def _unpack_gzip(archive: Path, to: Path) -> None:
    most = most_unpacked(archive.stat().st_size)
    with refusing_damage(archive), gzip.open(archive) as source, to.open("wb") as target:
        while chunk := source.read(1 << 20):
            if target.tell() > most:
                raise UnreadableSourceError("broken_file", seen=archive.name, reason="gzip bomb")
            target.write(chunk)
