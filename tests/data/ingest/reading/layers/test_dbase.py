"""Tables of dBASE and FoxPro: every kind of column, deleted rows, the code page nobody wrote."""

import struct
from datetime import datetime
from pathlib import Path

from data.ingest.reading.open import OpenSource

Column = tuple[str, str, int]


def table(
    path: Path,
    columns: list[Column],
    rows: list[tuple[bytes, list[bytes]]],
    encoding: str = "gb18030",
) -> Path:
    """Write a table of FoxPro: rows are a mark (blank, or * for deleted) and the cells' bytes."""
    fields = b"".join(
        name.encode(encoding)[:10].ljust(11, b"\0") + struct.pack("c4xB15x", kind.encode(), width)
        for name, kind, width in columns
    )
    head = 32 + len(fields) + 1
    width = 1 + sum(size for _, _, size in columns)
    start = bytes([0x30, 126, 11, 3]) + struct.pack("<IHH", len(rows), head, width) + bytes(20)
    body = b"".join(mark + b"".join(cells) for mark, cells in rows)
    path.write_bytes(start + fields + b"\r" + body + b"\x1a")
    return path


def read(path: Path) -> list[dict[str, str | None]]:
    return [row for batch in OpenSource(path).batches() for row in batch.rows.to_pylist()]


def test_every_kind_of_column_is_read_as_what_it_says(tmp_path: Path) -> None:
    at = datetime(2026, 11, 3, 15, 20)  # noqa: DTZ001 -- local times throughout
    julian = at.toordinal() + 1_721_425  # 2000-01-01 is day 2451545
    assert datetime(2000, 1, 1).toordinal() + 1_721_425 == 2_451_545  # noqa: DTZ001
    moment = struct.pack("<ii", julian, (15 * 60 + 20) * 60_000)
    columns = [("地址", "C", 10), ("日期", "D", 8), ("件数", "N", 4), ("编号", "I", 4),
               ("时间", "T", 8), ("金额", "Y", 8), ("面积", "B", 8)]  # fmt: skip
    cells = ["甲1号".encode("gbk").ljust(10), b"20261103", b"  12", struct.pack("<i", 7), moment,
             struct.pack("<q", 12_5000), struct.pack("<d", 80.5)]  # fmt: skip
    assert read(table(tmp_path / "a.dbf", columns, [(b" ", cells)])) == [
        {"地址": "甲1号", "日期": "2026-11-03", "件数": "12", "编号": "7",
         "时间": "2026-11-03 15:20:00", "金额": "12.5", "面积": "80.5"}
    ]  # fmt: skip


def test_rows_that_were_deleted_are_left_out_and_the_others_keep_their_number(
    tmp_path: Path,
) -> None:
    rows = [(b" ", [b"a1 "]), (b"*", [b"a2 "]), (b" ", [b"a3 "])]
    path = table(tmp_path / "a.dbf", [("NAME", "C", 3)], rows)
    (batch,) = OpenSource(path).batches()
    assert batch.rows.column("NAME").to_pylist() == ["a1", "a3"]
    assert batch.source_row.tolist() == [1, 3]


def test_a_table_in_utf_8_is_read_as_such(tmp_path: Path) -> None:
    path = table(tmp_path / "a.dbf", [("NAME", "C", 9)], [(b" ", ["学湾路".encode()])])
    assert read(path) == [{"NAME": "学湾路"}]


def test_names_alone_tell_that_a_table_is_not_in_utf_8(tmp_path: Path) -> None:
    path = table(tmp_path / "a.dbf", [("地址", "C", 3)], [(b" ", [b"A1 "])])
    assert read(path) == [{"地址": "A1"}]


def test_a_name_that_was_cut_within_a_letter_is_marked(tmp_path: Path) -> None:
    rows = [(b" ", ["学湾路".encode()])]
    path = table(tmp_path / "a.dbf", [("检查地址", "C", 9)], rows, encoding="utf-8")
    assert read(path) == [{"检查地…": "学湾路"}]
