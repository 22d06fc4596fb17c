"""A file that somebody sends makes the server open no other file and no address."""

import select
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest

from data.contracts.registry import TABLES
from data.ingest.reading.input_formats import UnreadableSourceError
from data.ingest.reading.layers.drivers import ALLOWED, open_files_alone
from data.ingest.reading.open import OpenSource

INSIDE = "geheim"
_ALGORITHM = (
    '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {other}",'
    ' "x": {{"type": "FeatureCollection"}}}}'
)


class Heard:
    """An address at which somebody listens; whoever asks it gets no answer."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def was_asked(self) -> bool:
        return bool(select.select([self.socket], [], [], 0)[0])


@pytest.fixture
def heard() -> Iterator[Heard]:
    pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": 1})
    listening = Heard()
    yield listening
    listening.socket.close()
    pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": None})


def virtual(source: str, layer: str = "other") -> str:
    """Return a virtual layer that a first look takes for a KML."""
    return (
        f'<?xml version="1.0"?><!-- <kml --><OGRVRTDataSource><OGRVRTLayer name="{layer}">'
        f"<SrcDataSource>{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


@pytest.fixture
def files(tmp_path: Path, heard: Heard) -> dict[str, str]:
    """Name what each file says: others of this machine, and addresses."""
    other = tmp_path / "other.csv"
    other.write_text(f"a,b\n{INSIDE},2\n", encoding="utf-8")
    return {
        "file": virtual(str(other)),
        "curl": virtual(f"/vsicurl/{heard.url}/x.geojson", "x"),
        "http": virtual(f"{heard.url}/x.geojson", "x"),
        "wfs": "<?xml version='1.0'?><!-- <kml --><OGRWFSDataSource><URL>"
        f"{heard.url}</URL></OGRWFSDataSource>",
        "schema": '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/'
        'gml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://x '
        f'{heard.url}/wfs?REQUEST=DescribeFeatureType"></gml:FeatureCollection>',
        "entity": f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY e SYSTEM "file://{other}">'
        f'<!ENTITY f SYSTEM "{heard.url}/e">]><kml xmlns="http://www.opengis.net/kml/2.2">'
        "<Placemark><name>&e;&f;</name><Point><coordinates>117,36</coordinates></Point>"
        "</Placemark></kml>",
        "link": '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<NetworkLink><Link><href>{heard.url}/l.kml</href></Link></NetworkLink></Document></kml>",
        "algorithm": _ALGORITHM.format(other=other),
        "page": f'<html><link rel="import" href="{heard.url}/p"><table><tr><td>a</td></tr>'
        f'<tr><td><img src="{heard.url}/i">x</td></tr></table></html>',
    }


KINDS = ("file", "curl", "http", "wfs", "schema", "entity", "link", "algorithm", "page")


@pytest.mark.parametrize("table", ["buildings", "basemap"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["gml", "kml", "json", "zip"])
def test_what_a_file_points_to_is_not_read(
    tmp_path: Path, heard: Heard, files: dict[str, str], kind: str, ending: str, table: str
) -> None:
    path = tmp_path / f"sent.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("sent.kml", files[kind])
    else:
        path.write_text(files[kind], encoding="utf-8")
    try:
        told = [row for batch in OpenSource(path, contract=TABLES[table]).batches()
                for row in batch.rows.to_pylist()]  # fmt: skip
    except UnreadableSourceError:
        told = []
    assert INSIDE not in str(told)
    assert not heard.was_asked()


def test_gdal_knows_no_reader_that_follows_what_a_file_says() -> None:
    open_files_alone()
    assert set(pyogrio.list_drivers()) <= ALLOWED


def test_the_address_would_be_heard_if_it_was_asked(heard: Heard) -> None:
    assert not heard.was_asked()
    with socket.create_connection(heard.socket.getsockname()):
        assert heard.was_asked()
