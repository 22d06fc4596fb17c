"""The calendar's file: one line per stretch of days, in an office's words or in English."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from geo.errors import GridwardenError

HOLIDAY, MAKEUP_WORKDAY, ANNOUNCED = "holiday", "makeup_workday", "announced"
SCHOOL_BREAK, TERM, EXAM = "school_break", "term", "exam"
KINDS: Final = {
    HOLIDAY: ("节假日", "法定节假日", "放假"),
    MAKEUP_WORKDAY: ("调休上班", "调休", "补班"),
    ANNOUNCED: ("已公布",),
    SCHOOL_BREAK: ("寒暑假", "寒假", "暑假", "学校放假"),
    TERM: ("学期", "开学"),
    EXAM: ("考试", "中考", "高考", "期中考试", "期末考试"),
}
"""Kinds of a row, each with what an office may write instead.

``announced`` says that all holidays and made-up working days from its first to its last day are in
the table; ``term`` says that school is on, so that its days are known to be no break.
"""
COLUMNS: Final = {
    "from": ("起始日期", "开始日期"),
    "to": ("截止日期", "结束日期"),
    "kind": ("类型",),
    "name": ("名称", "备注", "note"),
    "source": ("来源", "依据"),
}
TEMPLATE: Final = """\
起始日期,截止日期,类型,名称,来源
# 每行一段日期；以 # 开头的行不读。类型：节假日、调休上班、已公布、寒暑假、学期、考试。
# 学期、寒暑假、考试由本地教育部门规定，请按通知填写，例如：
# 2000-01-20,2000-02-15,寒假,示例,某教育局通知
# 新一年节假日公布后，先写节假日和调休上班，再写一行“已公布”（全年）。
"""


class CalendarError(GridwardenError):
    """The calendar's file is wrong, or it does not know what it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of days of one kind; both ends belong to it."""

    first: date
    last: date
    kind: str
    name: str = ""
    source: str = ""


def read_spans(path: Path) -> tuple[Span, ...]:
    """Read a calendar file: CSV in UTF-8 or GBK, Chinese or English words, ``#`` begins a remark.

    Raises `CalendarError` listing every problem, with its line.
    """
    rows = list(_rows(text_of(path)))
    problems = [] if rows else [f"{path.name} has no header"]
    columns = _columns(rows[0][1]) if rows else {}
    missing = [name for name in ("from", "kind") if rows and name not in columns]
    problems += [f"column {COLUMNS[name][0]} ({name}) is missing" for name in missing]
    spans = []
    for line, cells in [] if problems else rows[1:]:
        texts = {n: cells[i].strip() if i < len(cells) else "" for n, i in columns.items()}
        try:
            spans.append(_span(texts))
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    if problems:
        raise CalendarError("calendar_file_wrong", file=path.name, problems=problems)
    return tuple(spans)


def text_of(path: Path) -> str:
    """Read a calendar file as text, UTF-8 or else GBK."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for line, cells in enumerate(csv.reader(io.StringIO(text)), start=1):
        if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
            yield line, cells


def _columns(header: list[str]) -> dict[str, int]:
    names = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
    indexes = {names.get(cell.strip().lower()): index for index, cell in enumerate(header)}
    return {name: index for name, index in indexes.items() if name}


def _span(texts: dict[str, str]) -> Span:
    kinds = {word: kind for kind, words in KINDS.items() for word in (kind, *words)}
    kind = kinds.get(texts["kind"])
    if kind is None:
        expected = "、".join(words[0] for words in KINDS.values())
        msg = f"kind is {texts['kind']!r}; expected {expected}"
        raise ValueError(msg)
    first = _day(texts["from"])
    last = _day(texts.get("to") or texts["from"])
    if last < first:
        msg = f"ends on {last}, before it begins on {first}"
        raise ValueError(msg)
    return Span(
        first=first,
        last=last,
        kind=kind,
        name=texts.get("name", ""),
        source=texts.get("source", ""),
    )


def _day(text: str) -> date:
    """Read 2026-01-31, 2026/1/31, 2026.1.31 or 2026年1月31日."""
    parts = text.rstrip("日")
    for mark in ("年", "月", "/", "."):
        parts = parts.replace(mark, "-")
    try:
        year, month, day = (int(part) for part in parts.split("-"))
        return date(year, month, day)
    except ValueError:
        msg = f"{text!r} is no date; expected 2026-01-31"
        raise ValueError(msg) from None
