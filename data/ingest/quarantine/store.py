"""Quarantine store: refused rows with their reasons, until they are imported corrected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.ingest.batches import PROBLEMS, SENT_ROW, SENT_SHEET, SourceBatch
from data.ingest.checking.reasons import Reason
from data.ingest.quarantine.corrected_rows import (
    all_corrected,
    corrected_rows,
    origins,
    row_name,
    without_corrected,
)
from data.lake.checksums import checksum_path, has_its_checksum, hash_file
from data.lake.manifest import Manifest
from data.lake.schema import SHEET, SOURCE_ROW
from data.workspace.folder import Workspace

ROWS, REASONS = "rows", "problems"


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """What must stay of a batch until the whole file is read: `quarantined` and `problems`."""

    quarantined: pa.Table
    problems: pa.Table


@dataclass(frozen=True, slots=True)
class QuarantinedRows:
    """The quarantined rows of one import, under the sender's headers, and what is wrong."""

    manifest: Manifest
    rows: pa.Table
    problems: pa.Table


def write_quarantined(workspace: Workspace, import_id: str, refused: Sequence[RefusedRows]) -> None:
    """Write the quarantined rows of an import beside the lake; nothing where there are none."""
    if not refused:
        return
    rows = pa.concat_tables([b.quarantined for b in refused], promote_options="default")
    problems = pa.concat_tables([b.problems for b in refused])
    workspace.quarantine_path.mkdir(exist_ok=True)
    for name, table in ((ROWS, rows), (REASONS, problems)):
        path = _path(workspace, import_id, name)
        pq.write_table(table, path, compression="zstd")
        checksum_path(path).write_text(hash_file(path), encoding="ascii")


def read_quarantined(workspace: Workspace) -> list[QuarantinedRows]:
    """Return the quarantined rows that still wait, by import, oldest first.

    Rows that came back with a later import wait no longer, nor do those of an import that was
    taken back.
    """
    waiting = []
    manifests = workspace.lake.imports()
    returned = all_corrected(manifests)
    for manifest in manifests:
        path = _path(workspace, manifest.import_id, ROWS)
        if not (manifest.quarantined and path.is_file()):
            continue
        problems = _read(_path(workspace, manifest.import_id, REASONS)).cast(PROBLEMS)
        back = returned.get(manifest.import_id, set())
        rows, problems = without_corrected(_read(path), problems, back)
        if rows.num_rows:
            waiting.append(QuarantinedRows(manifest, rows, problems))
    return waiting


def _read(path: Path) -> pa.Table:
    return pq.ParquetFile(path).read()  # `read_table` imports pandas


def doubt_again(workspace: Workspace, batch: SourceBatch) -> SourceBatch:
    """Return a batch in which refused rows that come back unchanged are refused again.

    In the marked workbook every cell is text, so that it no longer shows which number a
    spreadsheet had shortened, which cell was a formula, nor which row had too many cells; and the
    row whose number another one had is not in it. The other reasons are seen in the row itself.
    """
    rows = origins(batch)
    for import_id in corrected_rows(batch):
        reasons = _path(workspace, import_id, REASONS)
        if not reasons.is_file():
            continue
        sent = pq.read_table(_path(workspace, import_id, ROWS)).to_pylist()
        as_sent = {row_name(row.pop(SENT_ROW), row.pop(SENT_SHEET)): row for row in sent}
        for problem in pq.read_table(reasons, filters=[_SEEN_NO_LONGER]).to_pylist():
            name = row_name(problem[SOURCE_ROW], problem[SHEET])
            at = rows.get((import_id, name))
            column = "" if problem["code"] in _OF_WHOLE_ROWS else problem["column"]
            if at is not None and _is_as_sent(batch, at, as_sent[name], column):
                batch = _doubted(batch, at, problem)
    return batch


_OF_WHOLE_ROWS = {Reason.TOO_MANY_CELLS.value: "surplus", Reason.CONFLICTING_KEY.value: "repeated"}
"""Reason → where a batch says it of a row."""
_SEEN_NO_LONGER = (
    "code",
    "in",
    [Reason.DIGITS_LOST.value, Reason.FORMULA_UNSAVED.value, *_OF_WHOLE_ROWS],
)


def _is_as_sent(batch: SourceBatch, at: int, sent: dict[str, str | None], column: str) -> bool:
    """Say whether a cell comes back as it was refused; without a column, the whole row."""
    names = [column] if column else [name for name in batch.columns if name in sent]
    return all((batch.rows[n][at].as_py() or "") == (sent.get(n) or "") for n in names)


def _doubted(batch: SourceBatch, at: int, problem: dict[str, str]) -> SourceBatch:
    """Return the batch with one cell, or one row, marked as it was when it was refused."""
    column, kind = problem["column"], _OF_WHOLE_ROWS.get(problem["code"])
    if kind:
        values = getattr(batch, kind)
        texts = [None] * len(batch) if values is None else values.to_pylist()
        texts[at] = problem["seen" if kind == "surplus" else "expected"]
        return replace(batch, **{kind: pa.array(texts, pa.large_string())})
    is_formula = problem["code"] == Reason.FORMULA_UNSAVED
    marked = batch.unsaved if is_formula else batch.imprecise
    mask = marked.get(column, np.zeros(len(batch), bool)).copy()
    mask[at] = True
    if is_formula:
        return replace(batch, unsaved={**marked, column: mask})
    return replace(batch, imprecise={**marked, column: mask})


def count_quarantined(workspace: Workspace, manifest: Manifest) -> int:
    """Return how many rows of an import are in quarantine."""
    rows = _path(workspace, manifest.import_id, ROWS)
    return int(pq.read_metadata(rows).num_rows) if rows.is_file() else 0


def imports_of_cell(workspace: Workspace, cell: str) -> list[str]:
    """Return of each quarantined row in which a cell has this text its import, also if it is back.

    Of imports that were taken back as well, as long as their rows are there.
    """
    found: list[str] = []
    for path in sorted(workspace.quarantine_path.glob(f"*-{ROWS}.parquet")):
        rows = _read(path)
        of_row = np.zeros(rows.num_rows, bool)
        for column in rows.columns:
            same = pc.equal(column.cast(pa.large_string()), cell)
            of_row |= np.asarray(pc.fill_null(same, fill_value=False))
        found += [path.stem.removesuffix(f"-{ROWS}")] * int(of_row.sum())
    return found


def is_quarantine_unchanged(workspace: Workspace, manifest: Manifest) -> bool:
    """Say whether the quarantined rows of an import and their reasons are as they were written."""
    paths = (_path(workspace, manifest.import_id, name) for name in (ROWS, REASONS))
    return all(map(has_its_checksum, paths))


def delete_quarantined(workspace: Workspace, import_id: str) -> None:
    """Delete the quarantined rows of an import; nothing where there are none."""
    for name in (ROWS, REASONS):
        path = _path(workspace, import_id, name)
        path.unlink(missing_ok=True)
        checksum_path(path).unlink(missing_ok=True)


def _path(workspace: Workspace, import_id: str, name: str) -> Path:
    return workspace.quarantine_path / f"{import_id}-{name}.parquet"
