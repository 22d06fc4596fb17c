"""Layers that GDAL reads are refused where reading them would take for ever."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
from refusals import refused_as
from shapely import Point

from data.ingest.reading.input_formats import UnreadableSourceError
from data.ingest.reading.layers.features import layers_of
from data.ingest.reading.open import OpenSource

POINT = (
    '<gml:featureMember><a gml:id="a{n}"><p><gml:Point srsName="urn:ogc:def:crs:EPSG::{name}">'
    "<gml:pos>36.1 117.1</gml:pos></gml:Point></p></a></gml:featureMember>"
)


def gml(*names: str) -> str:
    points = "".join(POINT.format(n=n, name=name) for n, name in enumerate(names))
    head = '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2">'
    return f'<?xml version="1.0"?>{head}{points}</gml:FeatureCollection>'


@pytest.mark.parametrize("suffix", [".gml", ".geojson"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_gml_of_many_systems_of_reference_is_refused_before_one_is_looked_up(
    tmp_path: Path, suffix: str, encoding: str
) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_text(gml(*(f"4326{n}x" for n in range(60))), encoding=encoding)
    with pytest.raises(UnreadableSourceError) as refused:
        layers_of(file)
    assert "srsName" in str(refused.value.facts)


def test_a_gml_of_one_system_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.gml"
    file.write_text(gml(*["4326"] * 60), encoding="utf-8")
    assert layers_of(file)


ENDLESS = "WITH t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x AS fid, x AS a FROM t"


@pytest.mark.parametrize(
    "changes",
    [
        (f"CREATE VIEW v AS {ENDLESS}", "DELETE FROM gpkg_geometry_columns",
         "UPDATE gpkg_contents SET table_name = 'V', data_type = 'attributes'"),
        ("DROP TABLE gpkg_contents", "CREATE VIEW gpkg_contents AS SELECT 1"),
        (f"CREATE VIEW tiles AS {ENDLESS}",),
    ],
)  # fmt: skip
def test_a_layer_that_has_to_be_worked_out_maybe_for_ever_is_refused(
    tmp_path: Path, changes: tuple[str, ...]
) -> None:
    file = tmp_path / "a.gpkg"
    place = gpd.GeoDataFrame({"a": [1]}, geometry=[Point(117, 36)], crs=4326)
    place.to_file(file, driver="GPKG")
    with closing(sqlite3.connect(file)) as store:
        store.execute("CREATE VIEW b AS SELECT 1")
        store.commit()
        assert layers_of(file)[0] == "a"
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            store.execute(f"DROP TRIGGER {name}")
        for change in changes:
            store.execute(change)
        store.commit()
    with pytest.raises(UnreadableSourceError) as refused:
        layers_of(file)
    assert "a view" in str(refused.value.facts)


ARC = b"\x01\x08\0\0\0" + struct.pack("<I6d", 3, 117.0, 36.0, 117.1, 36.1, 117.2, 36.0)
CIRCLE = b"\x01\x08\0\0\0" + struct.pack("<I6d", 3, 117.0, 36.0, 117.1, 36.1, 117.0, 36.0)


def held(kind: int, *parts: bytes) -> bytes:
    return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)


@pytest.mark.parametrize(
    "curve",
    [ARC, held(9, ARC), held(10, CIRCLE), held(11, ARC), held(12, held(10, CIRCLE))],
    ids=["arc", "compound_curve", "curve_polygon", "multi_curve", "multi_surface"],
)
def test_curved_shapes_are_told_as_such_and_not_as_damage(tmp_path: Path, curve: bytes) -> None:
    file = tmp_path / "a.gpkg"
    places = gpd.GeoDataFrame({"n": ["1", "2"]}, geometry=[Point(117, 36)] * 2, crs=4326)
    places.to_file(file, layer="b", geometry_type="Unknown")
    with closing(sqlite3.connect(file)) as written, written:
        for trigger in [*written.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            written.execute(f'DROP TRIGGER "{trigger[0]}"')
        shape = b"GP\0\1" + struct.pack("<i", 4326) + curve
        written.execute("UPDATE b SET geom = ? WHERE fid = 2", [shape])
    with refused_as("curved_shapes"):
        list(OpenSource(file).batches())
