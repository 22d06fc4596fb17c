"""Rows that Spark's workers read at an address, by a driver of Hadoop's or through fsspec."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import lakes
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.derived.backends import spark_rows
from data.integrity.storage_failures import storage_error_of
from data.lake.address import LakeAddress
from data.workspace.folder import Workspace

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore"),  # pyspark 4.0 itself warns with pandas 3
]
TIME = datetime(2026, 11, 24, 19, 10, 0, 7)  # noqa: DTZ001 -- local times throughout
ROWS = pa.table(
    {
        "n": pa.array([1, None, 3, 4, 5], pa.int64()),
        "text": pa.array(["补课", "", None, "a'b", "d"], pa.string()).dictionary_encode(),
        "at": pa.array([TIME, None, TIME, TIME, TIME], pa.timestamp("us")),
        "day": pa.array([TIME.date(), None, TIME.date(), None, None], pa.date32()),
        "share": pa.array([0.1, None, 1e-300, 2.0, -0.0], pa.float64()),
        "small": pa.array([1, 2, None, 4, 5], pa.int32()),
        "yes": pa.array([True, None, False, True, False], pa.bool_()),
        "geom": pa.array([b"\0\1", None, b"", b"x", b"y"], pa.binary()),
        "left_out": pa.array(range(5), pa.int64()),
    }
)
PLAIN = ROWS.set_column(1, "text", ROWS["text"].cast(pa.string())).select(ROWS.column_names[:-1])
WAYS = ("hadoop", "fsspec", "s3")


@pytest.fixture
def object_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[LakeAddress]:
    """Yield an address on a server that answers as S3 does."""
    pytest.importorskip("s3fs", reason="s3fs is not installed: no object store is tried")
    server = pytest.importorskip("moto.server", reason="moto[server] is not installed")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    running = server.ThreadedMotoServer(port=0, verbose=False)
    running.start()
    try:
        endpoint = "http://{}:{}".format(*running.get_host_and_port())
        options = {"endpoint_url": endpoint, "key": "test", "secret": "test"}
        address = LakeAddress(f"s3://{(bucket := uuid.uuid4().hex)}/office", options)
        address._fs.mkdir(bucket)
        yield address
    finally:
        running.stop()


@pytest.fixture(params=WAYS)
def address(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> LakeAddress:
    if request.param == "s3":
        found: LakeAddress = request.getfixturevalue("object_store")
        return found
    if request.param == "fsspec":
        monkeypatch.setattr(spark_rows, "has_driver", lambda *_: False)
    return LakeAddress(lakes.address(lakes.WEBHDFS, tmp_path), {})


@pytest.fixture
def office(address: LakeAddress, tmp_path: Path) -> Any:
    """Return what stands for a workspace whose lake lies at an address."""
    return SimpleNamespace(root=tmp_path, lake_address=address)


def put(folder: Path, name: str, rows: pa.Table) -> Path:
    """Write rows in groups of two."""
    pq.write_table(rows, path := folder / f"{name}.parquet", row_group_size=2)
    return path


def seen(office: Any, spark: Any, *paths: Path, schema: pa.Schema = PLAIN.schema) -> pa.Table:
    rows = spark_rows.open_view(office, ibis.pyspark.connect(spark), paths, "rows", schema)
    return rows.order_by(schema.names[0]).to_pyarrow()


def test_rows_are_those_of_the_file_however_workers_read_it(office: Any, spark: Any) -> None:
    found = seen(office, spark, put(office.root, "a", ROWS))
    assert found.to_pylist() == PLAIN.take([0, 2, 3, 4, 1]).to_pylist()


def test_a_file_without_rows_and_one_whose_rows_are_instead_of_others(
    office: Any, spark: Any
) -> None:
    assert not seen(office, spark, put(office.root, "none", ROWS.slice(0, 0))).num_rows
    schema = pa.schema([("raw_address", pa.string()), ("at", pa.string())])
    first = pa.table({"raw_address": ["a", "b"], "at": ["1", "2"]}, schema)
    second = pa.table({"raw_address": ["b"], "at": ["3"]}, schema)
    files = put(office.root, "first", first), put(office.root, "second", second)
    found = seen(office, spark, *files, schema=schema)
    assert [row["at"] for row in found.to_pylist()] == ["1", "3"]


def test_workers_that_find_no_file_are_told_by_their_kind_alone(
    office: Any, spark: Any, workspace: Workspace
) -> None:
    path = put(office.root, "a", ROWS)
    rows = spark_rows.open_view(office, ibis.pyspark.connect(spark), (path,), "rows", PLAIN.schema)
    office.lake_address.delete("for_spark")
    with pytest.raises(Exception) as failed:  # noqa: PT011 -- of any of Spark's kinds
        rows.to_pyarrow()
    told = storage_error_of(workspace, failed.value)
    assert told is not None
    assert told.code == "spark_failed"
    assert "for_spark" not in f"{told}{told.facts}"


def test_a_driver_is_looked_for_in_spark(spark: Any) -> None:
    told = {scheme: spark_rows.has_driver(spark, scheme) for scheme in ("file", "hdfs", "nobody")}
    assert told == {"file": True, "hdfs": True, "nobody": False}
