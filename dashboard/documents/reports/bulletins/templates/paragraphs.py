"""Paragraphs of Word templates."""

from typing import Final

from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.table import _Cell
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
        added._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)  # noqa: SLF001 -- as above


def section_title(paragraph: Paragraph, text: str, *, points: float) -> None:
    """Make a paragraph the heading of what follows."""
    paragraph.paragraph_format.space_before = Pt(points * 0.4)
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.keep_with_next = True
    run(paragraph, text, points=points, bold=True, colour=RED, face="黑体")


def text_line(
    place: Paper | _Cell, text: str, *, points: float, indent: bool = False, spacing: float = 1.2
) -> Paragraph:
    """Add a paragraph; ``spacing`` of its lines is a multiple of their height."""
    paragraph = place.add_paragraph()
    paragraph.paragraph_format.line_spacing = spacing
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(points * 2)
    run(paragraph, text, points=points)
    return paragraph
