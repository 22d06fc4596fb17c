"""GDAL, with the readers alone that open nothing but the file they are given.

Others follow what a file says: a virtual layer reads any other file of this machine, or an address.
"""

from functools import cache
from typing import Final

import pyogrio
from pyogrio import core

ALLOWED: Final = frozenset(
    [
        *("ESRI Shapefile", "FlatGeobuf", "GML", "GPKG", "GPX", "GeoJSON", "GeoJSONSeq", "KML"),
        *("LIBKML", "MBTiles", "MEM", "MVT", "OSM", "PMTiles", "SQLite", "TopoJSON"),
    ]
)
"""Names of GDAL's drivers."""


@cache
def open_files_alone() -> None:
    """Take every other driver off GDAL's list, for this whole process.

    Raises `RuntimeError` when GDAL keeps one.
    """
    others = sorted(set(pyogrio.list_drivers()) - ALLOWED)
    pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join(others), "GML_DOWNLOAD_SCHEMA": False})
    core._register_drivers()  # noqa: SLF001 -- reads the option; it has no public name
    if left := set(pyogrio.list_drivers()) - ALLOWED:
        raise RuntimeError(f"GDAL keeps drivers that reach beyond a file: {sorted(left)}")
