"""What is known of the workbooks that this product writes: names of sheets, the noted mapping."""

from python_calamine import CalamineWorkbook

LIST_SHEET = "可选值"
GUIDE_SHEET = "填写说明"
EXAMPLE_MARK = "示例"
"""First words of the number cell of the template's example row."""
MAPPING_SHEET = "gridwarden"
"""Hidden sheet on which our quarantine workbook notes which header is which field."""
SIDE_SHEETS = frozenset({LIST_SHEET, GUIDE_SHEET})
"""Sheets of our own workbooks that hold no data: passed over without a word."""


def read_mapping_note(workbook: CalamineWorkbook, table: str) -> dict[str, str]:
    """Return field → header as a quarantine workbook of `table` notes it; empty for other files."""
    if MAPPING_SHEET not in workbook.sheet_names:
        return {}
    rows = [
        [str(c) for c in row[:2]] for row in workbook.get_sheet_by_name(MAPPING_SHEET).to_python()
    ]
    if not rows or rows[0] != ["table", table]:
        return {}
    return {field: column for field, column in rows[1:] if field and column}
