"""Work on parts of a table: in this process, or by tasks of the Spark that the settings name."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from data.derived.backends.spark_session import start_spark
from data.lake.ipc import of_stream, to_stream
from data.workspace.sections import SettingsError
from data.workspace.storage_settings import EngineSettings

Work = Callable[[pa.Table], pa.Table]


def work_through(
    settings: EngineSettings, work: Callable[[], Work], parts: Iterable[pa.Table], *, count: int
) -> Iterator[pa.Table]:
    """Yield what some work makes of each part, in their order: the same tables wherever it is done.

    A single part is worked on here: it is not worth a job. So many parts as Spark has cores are in
    memory at a time. Workers have this package installed, in the same version.

    ``work``: gives the work, which can be pickled; not asked where there is no part.

    Raises `SettingsError`: ``spark_tasks_failed``; ``spark_not_installed`` and
    ``spark_unreachable``.
    """
    parts = iter(parts)
    if settings.kind == "spark" and count > 1:
        first = next(parts)
        parts = chain([first], parts)
        if first.num_columns:  # Arrow sends no count of rows without a column
            yield from _on_spark(start_spark(settings).sparkContext, work(), parts)
            return
    for part in parts:
        yield work()(part)


def _on_spark(context: Any, work: Work, parts: Iterator[pa.Table]) -> Iterator[pa.Table]:  # noqa: ANN401 -- pyspark ships no types
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    shared = context.broadcast(work)
    try:
        while wave := [_to_bytes(part) for part in islice(parts, context.defaultParallelism)]:
            done = context.parallelize(wave, len(wave)).map(partial(_do, shared)).collect()
            yield from map(of_stream, done)
    except (PySparkException, Py4JError):  # whose words may hold cells of rows
        raise SettingsError("spark_tasks_failed", setting="engine.master") from None
    finally:
        shared.unpersist()


def _do(shared: Any, part: bytes) -> bytes:  # noqa: ANN401 -- a broadcast work
    return _to_bytes(shared.value(of_stream(part)))


def _to_bytes(table: pa.Table) -> bytes:
    content: bytes = to_stream(table).to_pybytes()
    return content
