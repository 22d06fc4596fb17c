"""The reason codes of refused and duplicate rows: one table for all interfaces.

Sentences may use ``{column}`` (the sender's header), ``{seen}`` and ``{expected}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, and in both languages what is wrong and what to do."""

    code: str
    zh: str
    en: str
    fix_zh: str = ""
    fix_en: str = ""

    def say(self, language: str, *, column: str = "", seen: str = "", expected: str = "") -> str:
        """Return the sentence in ``zh`` or ``en`` with its facts filled in."""
        sentence = self.zh if language.startswith("zh") else self.en
        return sentence.format(column=column, seen=seen, expected=expected)


REQUIRED_MISSING = Reason(
    "required_missing",
    "“{column}”未填写",
    "{column} is empty",
    "补填该列",
    "Fill in the cell",
)
UNREADABLE_NUMBER = Reason(
    "unreadable_number",
    "“{column}”不是数字：{seen}",
    "{column} is not a number: {seen}",
    "只填数字",
    "Enter digits only",
)
NOT_WHOLE = Reason(
    "not_whole",
    "“{column}”应为整数：{seen}",
    "{column} must be a whole number: {seen}",
    "填写整数",
    "Enter a whole number",
)
OUT_OF_RANGE = Reason(
    "out_of_range",
    "“{column}”超出范围：{seen}，应为{expected}",
    "{column} is out of range: {seen}; expected {expected}",
    "核对数值；坐标请核对经纬度是否颠倒、坐标系是否正确",
    "Check the value; for coordinates check the axes and the datum",
)
UNREADABLE_DATE = Reason(
    "unreadable_date",
    "“{column}”不是日期：{seen}",
    "{column} is not a date: {seen}",
    "写成 2026-11-24 或 2026-11-24 19:42",
    "Write 2026-11-24 or 2026-11-24 19:42",
)
IN_FUTURE = Reason(
    "in_future",
    "“{column}”晚于导入时间：{seen}",
    "{column} lies after the import: {seen}",
    "核对年份",
    "Check the year",
)
UNREADABLE_FLAG = Reason(
    "unreadable_flag",
    "“{column}”应为 是/否：{seen}",
    "{column} must be yes or no: {seen}",
    "填 是 或 否",
    "Enter 是 or 否",
)
NOT_ALLOWED = Reason(
    "not_allowed",
    "“{column}”不在可选值中：{seen}，可填：{expected}",
    "{column} is not an allowed value: {seen}; expected one of {expected}",
    "从下拉列表中选择",
    "Choose from the list",
)
DIGITS_LOST = Reason(
    "digits_lost",
    "“{column}”是超过15位的数字单元格，末位已丢失：{seen}",
    "{column} was a numeric cell of more than 15 digits and has lost its end: {seen}",
    "从原系统重新导出，或按文本格式重新填写完整编号",
    "Export it again from its system, or enter the full number as text",
)
SCIENTIFIC_NOTATION = Reason(
    "scientific_notation",
    "“{column}”被写成科学计数，编号已不完整：{seen}",
    "{column} is in scientific notation and no longer complete: {seen}",
    "从原系统重新导出，或按文本格式重新填写完整编号",
    "Export it again from its system, or enter the full number as text",
)
UNREADABLE_POINT = Reason(
    "unreadable_point",
    "“{column}”不是坐标：{seen}",
    "{column} is not a pair of coordinates: {seen}",
    "写成 117.1203,36.1907",
    "Write 117.1203,36.1907",
)
UNREADABLE_GEOMETRY = Reason(
    "unreadable_geometry",
    "“{column}”不是可识别的图形",
    "{column} is not a readable geometry",
    "提供 WKT、GeoJSON 或图层文件",
    "Supply WKT, GeoJSON or a layer file",
)
END_BEFORE_START = Reason(
    "end_before_start",
    "“{column}”早于“{expected}”：{seen}",
    "{column} is before {expected}: {seen}",
    "核对两个日期",
    "Check both dates",
)
NOTHING_TO_PLACE = Reason(
    "nothing_to_place",
    "没有地址、坐标或编码，无法落位（至少填一项：{expected}）",
    "No address, point or code: it cannot be placed (give one of {expected})",
    "补填地址或编码",
    "Add an address or a code",
)
CONFLICTING_KEY = Reason(
    "conflicting_key",
    "“{column}”与第{expected}行重复，但内容不同：{seen}",
    "{column} repeats row {expected} with different content: {seen}",
    "核对编号；确需以本行为准的，单独再导入本行",
    "Check the number; to let this row win, import it again by itself",
)
TOO_MANY_CELLS = Reason(
    "too_many_cells",
    "本行的单元格多于表头：{seen}",
    "The row has more cells than the header: {seen}",
    "检查本行是否多了分隔符",
    "Look for a stray separator",
)
IDENTICAL_ROW = Reason(
    "identical_row",
    "与前面的行完全相同",
    "Identical to an earlier row",
)
REPEATED_KEY = Reason(
    "repeated_key",
    "同一编号的另一状态，已保留先出现的一行",
    "Another state of the same line; the first one was kept",
)
JOINED_PIECE = Reason(
    "joined_piece",
    "同一对象的另一部分，图形已并入前面的行",
    "Another piece of the same thing; its shape was joined to the first row's",
)

REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        reason.code: reason
        for reason in (
            REQUIRED_MISSING,
            UNREADABLE_NUMBER,
            NOT_WHOLE,
            OUT_OF_RANGE,
            UNREADABLE_DATE,
            IN_FUTURE,
            UNREADABLE_FLAG,
            NOT_ALLOWED,
            DIGITS_LOST,
            SCIENTIFIC_NOTATION,
            UNREADABLE_POINT,
            UNREADABLE_GEOMETRY,
            END_BEFORE_START,
            NOTHING_TO_PLACE,
            CONFLICTING_KEY,
            TOO_MANY_CELLS,
            IDENTICAL_ROW,
            REPEATED_KEY,
            JOINED_PIECE,
        )
    }
)

NOTES: Mapping[str, Reason] = MappingProxyType(
    {
        note.code: note
        for note in (
            Reason("blank", "空行", "blank row"),
            Reason("total", "合计/小计行", "total row"),
            Reason("footer", "表尾（填表人、审核人等）", "footer"),
            Reason("note", "填写说明行", "row of notes"),
            Reason("repeated_header", "重复的表头", "header repeated"),
            Reason("example", "模板示例行", "example row of the template"),
            Reason("hidden_rows", "工作表中有隐藏行，已一并读取", "hidden rows were read as well"),
            Reason("hidden_sheet", "隐藏的工作表未读取", "a hidden sheet was not read"),
            Reason(
                "other_sheet", "表头不同的工作表未读取", "a sheet with another header was not read"
            ),
            Reason(
                "damaged_text",
                "部分字符无法按任何编码识别",
                "some characters fit no known encoding",
            ),
        )
    }
)
