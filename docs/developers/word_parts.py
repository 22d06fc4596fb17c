"""Parts of the Word templates that are shipped: runs, rules, tables whose rows are repeated."""

from collections.abc import Sequence
from typing import Final

from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

RED: Final = RGBColor(0xC0, 0x00, 0x00)
GREY: Final = RGBColor(0x8A, 0x93, 0x9E)
_INK: Final = RGBColor(0x1D, 0x27, 0x33)


def run(
    paragraph: Paragraph, text: str, *, points: float, bold: bool = False,
    colour: RGBColor | None = None, face: str = "",
) -> None:  # fmt: skip
    """Add text to a paragraph; ``face`` is of its Chinese characters."""
    added = paragraph.add_run(text)
    added.font.size, added.font.bold = Pt(points), bold
    added.font.color.rgb = colour or _INK
    if face:
        added._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)  # noqa: SLF001 -- python-docx has no faces of scripts


def line_height(points: float, spacing: float = 1.0) -> Length:
    """Return a fixed height of lines: faces and programs differ in what a line's own is."""
    return Pt(round(points * 1.35 * spacing, 1))


def section_title(paragraph: Paragraph, text: str, *, points: float) -> None:
    """Make a paragraph the heading of what follows."""
    paragraph.paragraph_format.line_spacing = line_height(points)
    paragraph.paragraph_format.space_before = Pt(points * 0.4)
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.keep_with_next = True
    run(paragraph, text, points=points, bold=True, colour=RED, face="黑体")


def text_line(
    place: Paper | _Cell, text: str, *, points: float, indent: bool = False, spacing: float = 1.2,
    colour: RGBColor | None = None,
) -> Paragraph:  # fmt: skip
    """Add a paragraph; ``spacing`` is a multiple of `line_height`."""
    paragraph = place.add_paragraph()
    paragraph.paragraph_format.line_spacing = line_height(points, spacing)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(points * 2)
    run(paragraph, text, points=points, colour=colour)
    return paragraph


def rule(paragraph: Paragraph, *, eighths: int, space: int) -> None:
    """Draw a red line under a paragraph, so many eighths of a point thick."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    drawn = (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", "C00000"))
    for name, value in drawn:
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)  # noqa: SLF001 -- python-docx has no borders


Part = tuple[str, bool]
"""What stands in a cell, and whether in grey."""


def parts_of(name: str, grey: str = "") -> list[Part]:
    """Return what stands in a cell, and what stands there in grey."""
    parts = [(f"{{{{ row.{name} }}}}", False)]
    return [*parts, (f"{{{{ row.{grey} }}}}", True)] if grey else parts


def add_table(
    place: Paper | _Cell, rows: str, heads: Sequence[str],
    cells: Sequence[Sequence[Part]], widths: Sequence[float], *, points: float,
    numbers: Sequence[int] | None = None,
) -> None:  # fmt: skip
    """Add a table whose second row is repeated for each of ``rows``; a grey part is set so."""
    table = place.add_table(4, len(heads))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    _narrow_margins(table)
    set_widths(table, widths)
    right = range(1, len(heads)) if numbers is None else numbers
    for at, head in enumerate(heads):
        _cell(table.rows[0].cells[at], [(head, False)], points=points, head=True, right=at in right)
        _cell(table.rows[2].cells[at], cells[at], points=points, right=at in right)
    repeat_head(table)
    _keep_rows_whole(table)
    table.rows[1].cells[0].text = f"{{%tr for row in {rows} %}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"


def _cell(
    cell: _Cell, parts: Sequence[Part], *, points: float, head: bool = False,
    right: bool = False,
) -> None:  # fmt: skip
    paragraph = cell.paragraphs[0]
    _small_mark(paragraph, points)
    paragraph.paragraph_format.line_spacing = line_height(points)
    paragraph.alignment = ALIGN.CENTER if head else ALIGN.RIGHT if right else ALIGN.LEFT
    for text, grey in parts:
        run(paragraph, text, points=points, bold=head, colour=GREY if grey else None)
    if head:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E8EEF3")):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 -- python-docx has no shading


def _small_mark(paragraph: Paragraph, points: float) -> None:
    """Let an empty paragraph be no higher than a written one."""
    mark, size = OxmlElement("w:rPr"), OxmlElement("w:sz")
    size.set(qn("w:val"), str(round(points * 2)))
    mark.append(size)
    paragraph._p.get_or_add_pPr().append(mark)  # noqa: SLF001 -- python-docx has no such property


def repeat_head(table: Table) -> None:
    """Let the first row stand on every page of a table."""
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 -- as above
    properties.append(OxmlElement("w:tblHeader"))


def _keep_rows_whole(table: Table) -> None:
    """Let no row break over two pages."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 -- as above


def _narrow_margins(table: Table) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        for name, value in (("w", "57"), ("type", "dxa")):
            margin.set(qn(f"w:{name}"), value)
        margins.append(margin)
    table._tbl.tblPr.append(margins)  # noqa: SLF001 -- python-docx has no margins of cells


def set_widths(table: Table, widths: Sequence[float]) -> None:
    """Give columns widths in millimetres that no program changes."""
    table.autofit = False
    for at, width in enumerate(widths):
        table.columns[at].width = Mm(width)
        for cell in table.columns[at].cells:
            cell.width = Mm(width)
