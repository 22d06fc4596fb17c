"""Ledgers for `fuzz.py`: tables by structure, in several formats, and what imports them."""
# ruff: noqa: E501 -- lists of names and cells; how often something is done

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import openpyxl

from benchmarks.faults.fuzz_inputs import NOW, TEXTS, mutated_text, plain
from data.ingest.run import import_file
from data.workspace.folder import Workspace

_COLUMNS: Final = 6
BEFORE: Final = (
    "第一次",
    "第2次",
    "第十轮",
    "第99次",
    "First ",
    "2nd ",
    "",
    "",
    "第0次",
    "第一次第二次",
)
BEHIND: Final = ("1", "2", " 3", "_4", "(5)", "/", "", "", "", "99", "（1）", "2/", " 2 2")
FIELDS: Final = (
    "检查日期", "检查结果", "问题数", "等级", "Inspection date", "Result", "Problem count", "地址", "小区",
    "楼栋", "单元", "门牌号", "合格", "不合格", "检查结果/合格", "检查结果/不合格", "属实", "经度", "纬度",
    "序号", "记录编号", "备注", "检查人", "联系电话", "拆除日期", "楼栋编码", "Street", "House No", "目的",
    "date", "日期", "时间", "geometry", "coordinates", "name", "",
)  # fmt: skip
_OF_VISITS: Final = ("检查日期", "检查结果")
_CELLS: Final = (
    "", "", None, "√", "✓", "是", "否", "0", "1", "3", "合格", "不合格", "无", "2026-11-02", "2026/11/9 3:00",
    "46000", 46000.5, True, "示例花园1号楼", "12", "A1", "A1", 0, -1, 1e308, "1e400", "nan", "117.12", 36.19,
    "POINT(117 36)", [1, 2], {"a": {"b": 1}}, {"type": "Point", "coordinates": [117, 36]}, "9" * 30,
)  # fmt: skip


def ledger(rng: random.Random) -> tuple[str, bytes]:
    """Return a name and the content of a table with ledgers' headers and odd cells."""
    names = [_header(rng) for _ in range(rng.randint(2, rng.choice((4, 12, 40))))]
    if rng.random() < 0.8:
        names[:2] = ["地址", "楼栋编码"]
        names += [f"第{at + 1}次{name}" for at in range(rng.randint(1, 3)) for name in _OF_VISITS]
    rows = [[_cell(rng) for _ in names] for _ in range(rng.randint(0, rng.choice((3, 8, 30))))]
    ending = rng.choice(("csv", "csv", "xlsx", "json", "jsonl", "geojson", "html", "zip"))
    content = _WRITERS[ending](rng, names, rows)
    return f"a.{ending}", content


def _header(rng: random.Random) -> str:
    before = rng.choice(BEFORE) if rng.random() < 0.6 else ""
    name = rng.choice(FIELDS) if rng.random() < 0.9 else mutated_text(rng)[:30]
    return before + name + (rng.choice(BEHIND) if rng.random() < 0.4 else "")


def _cell(rng: random.Random) -> Any:  # noqa: ANN401 -- any cell
    chosen = rng.random()
    if chosen < 0.75:
        return rng.choice(_CELLS)
    return rng.choice(TEXTS) if chosen < 0.9 else mutated_text(rng)[:200]


def _plain(cell: Any) -> str:  # noqa: ANN401 -- any cell
    text = cell if isinstance(cell, str) else "" if cell is None else str(cell)
    return plain(text)


def _csv(rng: random.Random, names: list[str], rows: list[list[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=rng.choice(",;\t|"))
    for row in (names, *rows):
        writer.writerow([_plain(cell) for cell in row][: len(row) - (rng.random() < 0.1)])
    return out.getvalue().encode(rng.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16")), "replace")


def _xlsx(rng: random.Random, names: list[str], rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in (["台账"] * rng.randrange(2), names, *rows):
        book.active.append([_in_sheet(cell) for cell in row])
    if rng.random() < 0.3:
        book.active.merge_cells(
            start_row=1, end_row=2, start_column=1, end_column=rng.randint(1, _COLUMNS)
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _in_sheet(cell: Any) -> Any:  # noqa: ANN401 -- any cell
    if isinstance(cell, (int, float, type(None))):
        return cell
    return openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", _plain(cell)).removeprefix("=")


def _json(rng: random.Random, names: list[str], rows: list[list[Any]]) -> bytes:
    records: Any = [dict(zip(names, row, strict=True)) for row in rows]
    shape = rng.randrange(6)
    if shape == 0:
        records = [names, *rows]
    elif shape == 1:
        records = {"columns": names, "data": rows}
    elif shape == 2:
        records = {
            name: {str(at): row[n] for at, row in enumerate(rows)} for n, name in enumerate(names)
        }
    elif shape == 3:
        columns = [{"name": name, "fieldName": name[:1] or ":id"} for name in names]
        records = {"meta": {"view": {"columns": columns}}, "data": rows}
    elif shape == 4:
        records = {"data": {"list": records, "total": rng.choice((1, None, []))}}
    return json.dumps(_twisted(rng, records), ensure_ascii=rng.random() < 0.5).encode(
        "utf-8", "replace"
    )


def _twisted(rng: random.Random, value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Return JSON of which a part here and there is another kind of thing."""
    if rng.random() < 0.01:
        return rng.choice((None, [], {}, "", 0, [[]], [None], {"": None}, 10**400, -0.0, "\ud800"))
    if isinstance(value, dict):
        return {name: _twisted(rng, each) for name, each in value.items()}
    return [_twisted(rng, each) for each in value] if isinstance(value, list) else value


def _jsonl(rng: random.Random, names: list[str], rows: list[list[Any]]) -> bytes:
    lines = [json.dumps(_twisted(rng, dict(zip(names, row, strict=True)))) for row in rows]
    return "\n".join(lines).encode()


def _geojson(rng: random.Random, names: list[str], rows: list[list[Any]]) -> bytes:
    shapes: tuple[Any, ...] = (
        {"type": "Point", "coordinates": [117.12, 36.19]}, {"type": "Point", "coordinates": []}, None,
        {"type": "Polygon", "coordinates": [[[117, 36], [117.1, 36], [117, 36.1], [117, 36]]]},
        {"type": "GeometryCollection", "geometries": []}, {"type": "Point", "coordinates": [1e999, None]},
        {"type": "MultiPoint", "coordinates": [[117, 36, 5], [117]]}, {"type": "Nothing"},
    )  # fmt: skip
    features = [{"type": "Feature", "geometry": rng.choice(shapes),
                 "properties": dict(zip(names, row, strict=True))} for row in rows]  # fmt: skip
    return json.dumps(_twisted(rng, {"type": "FeatureCollection", "features": features})).encode()


def _html(_: random.Random, names: list[str], rows: list[list[Any]]) -> bytes:
    lines = ["".join(f"<td>{_plain(cell)}" for cell in row) for row in (names, *rows)]
    return ("<table><tr>" + "<tr>".join(lines) + "</table>").encode()


def _zip(rng: random.Random, names: list[str], rows: list[list[Any]]) -> bytes:
    out, ending = io.BytesIO(), rng.choice(("csv", "json", "geojson"))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"台账/a.{ending}", _WRITERS[ending](rng, names, rows))
    return out.getvalue()


_Writer = Callable[[random.Random, list[str], list[list[Any]]], bytes]
_WRITERS: Final[dict[str, _Writer]] = {
    "csv": _csv, "xlsx": _xlsx, "json": _json, "jsonl": _jsonl, "geojson": _geojson, "html": _html,
    "zip": _zip,
}  # fmt: skip


def importer(folder: Path) -> Callable[[Path], object]:
    """Return what rehearses the import of a file as visits or as buildings in an empty office."""
    workspace = Workspace.create(folder / "office")

    def rehearse(path: Path) -> None:
        table = "buildings" if path.stat().st_size % 4 == 0 else "inspections"
        import_file(workspace, table, path, now=NOW, dry_run=True)

    return rehearse
