"""Measure the parts of an import, and what it would spare to check rows by Spark's tasks.

Run ``python -m benchmarks.imports.check_on_spark [ROWS] [MASTER]``. The complaints are those of
``import_million``, as CSV, among 20,000 buildings. Printed are microseconds of CPU a row of the
importing process, one thread: of every part, and of checking each batch by a task instead – packed,
sent, fetched and unpacked, without the workers; and how many rows differ from those checked here.
MASTER is ``local[2]``, which needs the extra ``spark`` and Java; ``none`` measures the parts alone.
"""

import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.imports.import_million import NOW, machine, make_buildings, make_complaints
from data.contracts.registry import TABLES
from data.derived.backends.spark_session import start_spark
from data.derived.build import Derivation
from data.ingest import mapped_file, run
from data.ingest.batches import CheckOptions, SourceBatch, pack_batch, unpack_batch
from data.ingest.checking.check import check_batch
from data.ingest.checking.column_decisions import ColumnEvidence
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.mapped_file import MappedFile
from data.ingest.options import ImportOptions
from data.ingest.reading.open import OpenSource
from data.lake.imports import IncomingImport
from data.lake.ipc import of_stream, to_stream
from data.privacy.encrypted_batches import EncryptedBatches
from data.workspace.folder import Workspace
from data.workspace.storage_settings import EngineSettings

ROWS, BUILDINGS, AT_ONCE = 500_000, 20_000, 2
OPTIONS = ImportOptions(datum="wgs84")
CONTRACT = TABLES["complaints"]
PARTS: tuple[tuple[Any, str, str], ...] = (
    (ColumnEvidence, "add", "what all rows say of the columns"),
    (EncryptedBatches, "_keep", "kept, sealed"),
    (mapped_file, "check_batch", "checked"),
    (IncomingImport, "write", "written"),
    (run, "compare_with_held", "compared with what is held"),
    (Derivation, "refresh", "derived: placed, ordered, written"),
)


def main() -> None:
    """Print the parts, then what checking by tasks takes."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    master = sys.argv[2] if len(sys.argv) > 2 else "local[2]"
    pa.set_cpu_count(1)
    print(machine())
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        edges = make_buildings(folder / "buildings.geojson", BUILDINGS)
        make_complaints(folder, rows, *edges)
        workspace = Workspace.create(folder / "office")
        file = folder / "buildings.geojson"
        run.import_file(workspace, "buildings", file, now=NOW, options=OPTIONS)
        if master != "none":
            by_tasks(workspace, folder / "complaints.csv", master, rows)
        parts_of_an_import(workspace, folder / "complaints.csv", rows)


def parts_of_an_import(workspace: Workspace, file: Path, rows: int) -> None:
    """Print what each part of an import takes."""
    took: defaultdict[str, float] = defaultdict(float)
    for owner, name, part in PARTS:
        setattr(owner, name, timed(getattr(owner, name), took, part))
    began = time.process_time()
    run.import_file(workspace, "complaints", file, now=NOW, options=OPTIONS)
    whole = time.process_time() - began
    took["read, cleaned, and the rest"] = whole - sum(took.values())
    for part, seconds in took.items():
        print(f"{seconds / rows * 1e6:6.2f} us a row  {part}")
    print(f"{whole / rows * 1e6:6.2f} us a row  in all")


def timed(do: Callable[..., Any], took: dict[str, float], part: str) -> Callable[..., Any]:
    """Return a function that adds its CPU seconds to those of a part."""

    def done(*args: Any, **named: Any) -> Any:  # noqa: ANN401 -- as the function
        began = time.process_time()
        try:
            return do(*args, **named)
        finally:
            took[part] += time.process_time() - began

    return done


def by_tasks(workspace: Workspace, file: Path, master: str, rows: int) -> None:
    """Check the batches of a file here and by tasks, and print what each took of this process."""
    opened = OpenSource(file, contract=CONTRACT, sheet=None, header=None, area=lambda: None)
    mapped = MappedFile(workspace, CONTRACT, opened, now=NOW, options=OPTIONS)
    columns = mapped._decided_columns  # noqa: SLF001 -- what an import decides once a file
    options = CheckOptions(now=NOW, secret=workspace.secret, columns=columns)
    check = partial(checked, options, mapped.guess.mapping)
    batches = [batch for batch, _ in mapped._kept]  # noqa: SLF001
    began = time.process_time()
    expected = [check(batch) for batch in batches]
    here = time.process_time() - began
    context = start_spark(EngineSettings(kind="spark", master=master)).sparkContext
    list(sent(context, check, batches[:1]))  # the workers have begun
    began, sizes = time.process_time(), Counter[str]()
    found = list(sent(context, check, batches, sizes))
    away = time.process_time() - began
    differ = sum(not ours.equals(theirs) for ours, theirs in zip(expected, found, strict=True))
    told = ", ".join(f"{each / rows:.0f} bytes a row {way}" for way, each in sizes.items())
    print(f"{here / rows * 1e6:6.2f} us a row  checked here")
    print(f"{away / rows * 1e6:6.2f} us a row  checked by tasks of {master}: {told}")
    print(f"{differ} of {len(found)} batches differ", flush=True)


def checked(options: CheckOptions, mapping: dict[str, str], batch: SourceBatch) -> pa.Table:
    """Return the rows of a batch that are accepted, as if it were alone."""
    return check_batch(batch, CONTRACT, mapping, options=options, seen=SeenRows()).accepted


def sent(
    context: Any,  # noqa: ANN401 -- pyspark ships no types
    check: Callable[[SourceBatch], pa.Table],
    batches: list[SourceBatch],
    sizes: Counter[str] | None = None,
) -> Iterator[pa.Table]:
    """Yield what tasks make of batches, in their order, some at a time."""
    sizes = Counter[str]() if sizes is None else sizes
    for first in range(0, len(batches), AT_ONCE):
        packed = [pack(pack_batch((each, 0))) for each in batches[first : first + AT_ONCE]]
        sizes["sent"] += sum(map(len, packed))
        done = context.parallelize(packed, len(packed)).map(partial(in_worker, check)).collect()
        sizes["fetched"] += sum(map(len, done))
        yield from map(of_stream, done)


def in_worker(check: Callable[[SourceBatch], pa.Table], packed: bytes) -> bytes:
    """Check a packed batch and pack its rows."""
    return pack(check(unpack_batch(of_stream(packed))[0]))


def pack(rows: pa.Table) -> bytes:
    """Return a table as bytes that Spark takes."""
    content: bytes = to_stream(rows).to_pybytes()
    return content


if __name__ == "__main__":
    main()
