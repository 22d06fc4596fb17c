"""Parquet files of a workspace as views of a Spark session, wherever its workers read them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.operations import DatabaseTable
from ibis.expr.types import Table

from data.derived.backends.duckdb_sessions import ADDRESS
from data.lake.address import LakeAddress
from data.workspace.folder import Workspace

FOR_SPARK: Final = "for_spark"
"""Folder at the lake's address with copies of derived tables and snapshots."""


def open_view(
    workspace: Workspace,
    session: Any,  # noqa: ANN401 -- Ibis's backend on Spark
    paths: Sequence[Path],
    name: str,
    schema: pa.Schema,
) -> Table:
    """Open a file of a workspace as a view; Spark would start a job to find its columns.

    ``paths``: the file, and one whose rows are instead of those with the same address.
    """
    rows, *others = (
        _open_one(workspace, session, path, f"{name}_{n}" if n else name, schema)
        for n, path in enumerate(paths)
    )
    for more in others:
        rows = rows.anti_join(more, ADDRESS).union(more.select(*schema.names))
    return rows


def _open_one(
    workspace: Workspace,
    session: Any,  # noqa: ANN401 -- Ibis's backend on Spark
    path: Path,
    name: str,
    schema: pa.Schema,
) -> Table:
    from ibis.backends.pyspark.datatypes import PySparkSchema

    columns = ibis.Schema.from_pyarrow(schema)
    spark = session._session  # noqa: SLF001 -- Ibis cannot be told the schema
    rows = _rows_of(spark, workspace, path, PySparkSchema.from_ibis(columns))
    rows.createOrReplaceTempView(name)
    return DatabaseTable(name, schema=columns, source=session).to_expr()


def _rows_of(spark: Any, workspace: Workspace, path: Path, schema: Any) -> Any:  # noqa: ANN401 -- pyspark ships no types
    """Return a file's rows: read under its own path, or brought to the lake's address and there.

    By Spark's own driver for the address where it has one, which reads only the columns that are
    asked; else by a task for each group of rows, through fsspec.
    """
    address = workspace.lake_address
    if address is None:
        return spark.read.schema(schema).parquet(str(path))
    name = address.share(workspace.root, path, within=FOR_SPARK)
    url = address.spark_url(name)
    if has_driver(spark, url.partition("://")[0]):
        return spark.read.schema(schema).parquet(url)
    from pyspark.sql.pandas.types import to_arrow_schema

    groups = pq.read_metadata(path).num_row_groups
    read = partial(read_groups, address, name, to_arrow_schema(schema))
    return spark.range(0, groups, 1, max(1, groups)).mapInArrow(read, schema)


def has_driver(spark: Any, scheme: str) -> bool:  # noqa: ANN401 -- a pyspark SparkSession
    """Say whether a Spark reads addresses of a scheme by itself."""
    from py4j.protocol import Py4JJavaError

    try:
        spark._jvm.org.apache.hadoop.fs.FileSystem.getFileSystemClass(  # noqa: SLF001 -- pyspark has no other way
            scheme,
            spark._jsc.hadoopConfiguration(),  # noqa: SLF001
        )
    except Py4JJavaError:
        return False
    return True


def read_groups(
    address: LakeAddress, name: str, schema: pa.Schema, numbers: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some groups of a Parquet file at an address, in a worker.

    ``numbers``: the groups' numbers, in the first column.
    """
    with address.open(name) as file:
        rows = pq.ParquetFile(file)
        for number in (n for batch in numbers for n in batch.column(0).to_pylist()):
            group = rows.read_row_group(number, columns=schema.names)
            yield from group.select(schema.names).cast(schema).to_batches()
