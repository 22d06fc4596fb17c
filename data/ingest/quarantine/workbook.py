"""Rejected rows as a marked workbook: what is wrong stands beside each row and on its cells.

``write_quarantine(waiting) -> bytes``. Once corrected, the workbook is imported like another file:
the columns of reasons are no fields, the sender's headers are as sent, and a sheet that is not
shown says which header is which field (`data.ingest.reading.workbooks.own_workbooks`).
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data.contracts.registry import contract_of
from data.ingest.batches import SENT_ROW, SENT_SHEET
from data.ingest.checking.reasons import Reason
from data.ingest.quarantine.corrected_rows import REASON_COLUMNS, columns_of_sender
from data.ingest.quarantine.store import QuarantinedRows
from data.ingest.quarantine.template import PLAIN_TEXT, add_looks
from data.ingest.reading.workbooks.own_workbooks import GUIDE_SHEET, MAPPING_SHEET
from data.lake.manifest import Manifest
from data.lake.schema import SHEET, SOURCE_ROW

ROWS_SHEET = "待更正"

_HEADER_ROW = 1
_LONGEST_CELL = 32_767  # a spreadsheet's limit


def write_quarantine(waiting: QuarantinedRows) -> bytes:
    """Return the rows that were refused, marked, as the bytes of an xlsx workbook.

    Every cell is text, so that no code is shortened on the way back. The offending cells are
    coloured and carry the reason as a comment; the first columns say everything about the row.
    """
    problems = _by_row(waiting.problems)
    sent = [c for c in waiting.rows.column_names if c not in {SENT_ROW, SENT_SHEET}]
    columns = columns_of_sender(sent, among=sent)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, PLAIN_TEXT) as workbook:
        formats = add_looks(workbook)
        sheet = workbook.add_worksheet(ROWS_SHEET)
        _write_head(sheet, waiting.manifest, columns, formats)
        for i, row in enumerate(waiting.rows.to_pylist(), start=_HEADER_ROW + 1):
            of_row = problems.get((row[SENT_ROW], row[SENT_SHEET] or ""), [])
            _write_row(
                sheet, i, row, columns, of_row, formats, import_id=waiting.manifest.import_id
            )
        _write_guide(workbook.add_worksheet(GUIDE_SHEET), waiting.problems, formats)
        _write_mapping(workbook.add_worksheet(MAPPING_SHEET), waiting.manifest, columns)
    return buffer.getvalue()


def _by_row(problems: pa.Table) -> dict[tuple[int, str], list[dict[str, str]]]:
    by_row: dict[tuple[int, str], list[dict[str, str]]] = {}
    for problem in problems.to_pylist():
        by_row.setdefault((problem[SOURCE_ROW], problem[SHEET] or ""), []).append(problem)
    return by_row


def _write_head(
    sheet: Worksheet, manifest: Manifest, columns: Sequence[str], formats: Mapping[str, Format]
) -> None:
    title = f"{contract_of(manifest.table).title}：待更正的行（{manifest.file_name}）"
    sheet.write_string(0, 0, title, formats["title"])
    for i, name in enumerate(REASON_COLUMNS):
        sheet.write_string(_HEADER_ROW, i, name, formats["marked"])
    for i, name in enumerate(columns, start=len(REASON_COLUMNS)):
        sheet.write_string(_HEADER_ROW, i, name, formats["header"])
    sheet.set_column(0, 2, 36)
    sheet.set_column(3, 5, 11)
    sheet.set_column(len(REASON_COLUMNS), len(REASON_COLUMNS) + len(columns), 18, formats["text"])
    sheet.freeze_panes(_HEADER_ROW + 1, 1)


def _write_row(
    sheet: Worksheet,
    at: int,
    row: Mapping[str, Any],
    columns: Sequence[str],
    problems: Sequence[Mapping[str, str]],
    formats: Mapping[str, Format],
    *,
    import_id: str,
) -> None:
    sentences = {lang: "；".join(_say(p, lang) for p in problems) for lang in ("zh", "en")}
    fixes = "；".join(dict.fromkeys(Reason(p["code"]).fix("zh") for p in problems))
    origin = (str(row[SENT_ROW]), row[SENT_SHEET] or "", import_id)
    texts = (sentences["zh"], fixes, sentences["en"], *origin)
    for i, text in enumerate(texts):
        sheet.write_string(at, i, text, formats["why"])
    for i, name in enumerate(columns, start=len(REASON_COLUMNS)):
        of_cell = [p for p in problems if p["column"] == name]
        text = row[name] or ""
        if len(text) > _LONGEST_CELL:
            text = ""  # a shape too large for a cell: it must come from a layer file again
        if of_cell:
            sheet.write_string(at, i, text, formats["bad"])
            sheet.write_comment(at, i, "\n".join(_say(p, "zh") for p in of_cell))
        elif text:
            sheet.write_string(at, i, text, formats["text"])


def _say(problem: Mapping[str, str], language: str) -> str:
    return Reason(problem["code"]).say(language, **problem)


def _write_guide(guide: Worksheet, problems: pa.Table, formats: Mapping[str, Format]) -> None:
    guide.set_column(0, 3, 44)
    for i, text in enumerate(("原因", "怎样更正", "Reason", "What to do")):
        guide.write_string(0, i, text, formats["header"])
    codes = sorted(set(problems.column("code").to_pylist()))
    blank = {"column": "…", "seen": "…", "expected": "…"}
    for row, reason in enumerate(map(Reason, codes), start=1):
        texts = (
            *(reason.say("zh", **blank), reason.fix("zh")),
            *(reason.say("en", **blank), reason.fix("en")),
        )
        for i, text in enumerate(texts):
            guide.write_string(row, i, text)
    guide.write_string(
        len(codes) + 2, 0, "改好标红的单元格后，用原来的方法再导入本文件；红色表头的列不会被导入。"
    )


def _write_mapping(sheet: Worksheet, manifest: Manifest, columns: Sequence[str]) -> None:
    sheet.write_row(0, 0, ["table", manifest.table])
    used = {f: c for f, c in manifest.mapping.items() if c in columns}
    for row, (field, column) in enumerate(sorted(used.items()), start=1):
        sheet.write_row(row, 0, [field, column])
    sheet.hide()
