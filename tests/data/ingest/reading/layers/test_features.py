"""Layers that GDAL reads are refused where reading them would take for ever."""

from pathlib import Path

import pytest

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
