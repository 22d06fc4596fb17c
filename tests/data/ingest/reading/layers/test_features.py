"""Layers that GDAL reads are refused where reading them would take for ever."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point

from data.ingest.reading.input_formats import UnreadableSourceError
from data.ingest.reading.layers.features import layers_of

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
