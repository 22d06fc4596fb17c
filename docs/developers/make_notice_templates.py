"""Make the shipped Word templates: ``python -m docs.developers.make_notice_templates``.

In the form of official papers (GB/T 9704): title in 小标宋 of 22 points, text in 仿宋 of 16 points.
A machine without these typefaces shows its own in their place.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from docs.developers.word_parts import RED, repeat_head, rule, set_widths
from governance.records.notices.template_files import SHIPPED

TITLE, TEXT, HEAD = "方正小标宋简体", "仿宋", "黑体"
_LINE_PT: Final = 28
_COLUMNS: Final = (
    ("序号", "no", 12), ("当事人", "party", 36), ("类别", "party_kind", 20),
    ("所在街道小区", "place", 42), ("违规形式", "form", 24), ("决定文号", "decision_no", 48),
    ("决定日期", "decided_on", 30), ("处理结果", "outcome", 26), ("决定机关", "decided_by", 34),
)  # fmt: skip
"""Header, field and width in millimetres of the list that is handed over."""
PLEDGE: Final = (
    "{{ office }}：",
    "为落实“双减”政策，防范违规校外培训，本人（单位）作为房屋产权人（受委托管理单位），郑重承诺：",
    "一、不将名下或者管理的房屋租借给无资质机构或个人开展校外培训。",
    "二、签订租赁合同时核实承租用途，在合同中写明不得用于校外培训。",
    "三、定期查看房屋使用情况，发现违规培训及时告知社区，并配合有关部门查处。",
    "四、如有违反，愿意依法承担责任。",
)


def make_all(folder: Path = SHIPPED) -> None:
    """Write every template into a folder."""
    parts: dict[str, Sequence[Callable[[Paper], None]]] = {
        "general": (), "exposure": (), "letter": (), "warning": (), "reminder": (_pledge,),
        "blacklist": (_list,),
    }  # fmt: skip
    for name, more in parts.items():
        paper = _begun(letterhead=name != "letter")
        for each in more:
            each(paper)
        paper.save(str(folder / f"{name}.docx"))


def _begun(*, letterhead: bool) -> Paper:
    """Return a paper with head, title, text, signature and page numbers."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(32)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _line(paper, "{{ status }}", size=14, face=HEAD, align=ALIGN.RIGHT)
    if letterhead:
        _line(paper, "{{ office }}", size=30, face=TITLE, align=ALIGN.CENTER, red=True)
        number = _line(paper, "{{ number }}", size=14, align=ALIGN.CENTER)
        rule(number, eighths=18, space=6)
    title = _line(paper, "{{ title }}", size=22, face=TITLE, align=ALIGN.CENTER)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(18)
    _line(paper, "{%p if addressee %}")
    _line(paper, "{{ addressee }}：")
    _line(paper, "{%p endif %}")
    _line(paper, "{%p for paragraph in paragraphs %}")
    _line(paper, "{%p if paragraph.head %}")
    _with_next(_line(paper, "{{ paragraph.text }}", face=HEAD, indent=True))
    _line(paper, "{%p elif loop.last %}")
    _with_next(_line(paper, "{{ paragraph.text }}", indent=True))
    _line(paper, "{%p else %}")
    _line(paper, "{{ paragraph.text }}", indent=True)
    _line(paper, "{%p endif %}")
    _line(paper, "{%p endfor %}")
    signed = _with_next(_line(paper, "{{ office }}", align=ALIGN.RIGHT))
    signed.paragraph_format.space_before = Pt(_LINE_PT)
    _line(paper, "{{ day }}", align=ALIGN.RIGHT)
    _page_number(section.footer.paragraphs[0])
    return paper


def _pledge(paper: Paper) -> None:
    """Add the pledge, on a page of its own."""
    title = _line(paper, "承 诺 书", size=22, face=TITLE, align=ALIGN.CENTER)
    title.paragraph_format.page_break_before = True
    title.paragraph_format.space_after = Pt(18)
    for number, text in enumerate(PLEDGE):
        _line(paper, text, indent=number > 0)
    for text in ("承诺单位（人）（签章）：____________", "联系电话：____________",
                 "      年    月    日"):  # fmt: skip
        signed = _line(paper, text, align=ALIGN.RIGHT)
        signed.paragraph_format.space_before = Pt(12)


def _list(paper: Paper) -> None:
    """Add the list that is handed over, on pages of their own across."""
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(12)
    section.top_margin = section.bottom_margin = Mm(20)
    _line(paper, "附件", face=HEAD)
    title = "学科类隐形变异培训黑名单建议名单（共{{ count }}条）"
    _line(paper, title, size=18, face=TITLE, align=ALIGN.CENTER)
    table = paper.add_table(rows=4, cols=len(_COLUMNS), style="Table Grid")
    set_widths(table, [width for _, _, width in _COLUMNS])
    for place, (head, field, _) in enumerate(_COLUMNS):
        _cell(table.rows[0].cells[place], head, face=HEAD)
        _cell(table.rows[2].cells[place], f"{{{{ entry.{field} }}}}")
    _cell(table.rows[1].cells[0], "{%tr for entry in entries %}")
    _cell(table.rows[3].cells[0], "{%tr endfor %}")
    repeat_head(table)


def _line(
    paper: Paper, text: str, *, size: int = 16, face: str = TEXT, align: ALIGN = ALIGN.LEFT,
    indent: bool = False, red: bool = False,
) -> Paragraph:  # fmt: skip
    paragraph = paper.add_paragraph()
    _write(paragraph, text, size=size, face=face, red=red)
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_after = Pt(0)
    shape.line_spacing = Pt(max(_LINE_PT, size * 1.4))
    if indent:
        shape.first_line_indent = Pt(2 * size)
    return paragraph


def _with_next(paragraph: Paragraph) -> Paragraph:
    """Keep a paragraph on the page of the next one: no signature stands on a page alone."""
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.keep_together = True
    return paragraph


def _cell(cell: _Cell, text: str, *, face: str = TEXT) -> None:
    _write(cell.paragraphs[0], text, size=11, face=face)


def _write(
    paragraph: Paragraph, text: str, *, size: int, face: str = TEXT, red: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), face
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 -- no other way
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), face)
    if red:
        run.font.color.rgb = RED


def _page_number(paragraph: Paragraph) -> None:
    """Write the number of the page between dashes, as official papers have it."""
    paragraph.alignment = ALIGN.CENTER
    _write(paragraph, "— ", size=14)
    run = paragraph.add_run()
    run.font.size = Pt(14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)  # noqa: SLF001 -- python-docx has no fields
    _write(paragraph, " —", size=14)


if __name__ == "__main__":
    make_all()
