"""Make the shipped templates: ``python -m dashboard.documents.reports.bulletins.templates.make``.

One page for a leader, and the full bulletin, each in two languages. A machine without the typefaces
named here shows its own in their place.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FOLDER: Final = Path(__file__).parent
_RED, _GREY = RGBColor(0xC0, 0x00, 0x00), RGBColor(0x8A, 0x93, 0x9E)
_INK: Final = RGBColor(0x1D, 0x27, 0x33)
_MADE: Final = datetime(2026, 11, 29, tzinfo=UTC)
_HEADS: Final[Mapping[str, Mapping[str, Any]]] = {
    "zh": {
        "title_pt": 21, "figures": "主要指标",
        "figure_heads": ("指标", "本期", "计数", "上期", "去年同期"),
        "map": "各社区发现问题数", "changes": "变化", "overdue": "超期与待办",
        "task_heads": ("责任单位", "事项", "社区", "超期", "7日内到期", "办理时限"),
        "chance": "名单效果", "communities": "各社区情况", "chart": "各社区发现问题与上期比较",
        "community_heads": ("名次", "社区", "出动人次", "检查点位", "发现问题", "受理线索", "超期",
                            "按时办结率", "巡查覆盖率"),
        "rank_note": "名次按按时办结率排列；到期不足10件的社区不排名。排名只对社区，不对个人。",
        "definitions": "指标口径", "defined": "{{ each.name }}：{{ each.text }}",
        "from": "编印：{{ office }}",
        "when": "{{ period }}（{{ span }}）",
    },
    "en": {
        "title_pt": 16, "figures": "Key figures",
        "figure_heads": ("Figure", "Period", "Of", "Before", "Last year"),
        "map": "Problems found, by community", "changes": "What changed",
        "overdue": "Overdue and to do",
        "task_heads": ("Who", "Has to", "Community", "Late", "In 7 days", "When"),
        "chance": "List and chance", "communities": "Communities",
        "chart": "Problems found by community, and in the period before",
        "community_heads": ("No.", "Community", "Person-times", "Places", "Finds", "Leads",
                            "Late", "In time", "Coverage"),
        "rank_note": "Ranked by cases handled in time; communities with fewer than 10 due are not "
                     "ranked. Communities are ranked, people never.",
        "definitions": "What the figures are", "defined": "{{ each.name }}: {{ each.text }}",
        "from": "{{ office }}",
        "when": "{{ period }} ({{ span }})",
    },
}  # fmt: skip
_FIGURE_CELLS: Final = (("name", ""), ("now", "now_grey"), ("of", ""), ("before", "before_grey"),
                        ("year", "year_grey"))  # fmt: skip
_TASK_CELLS: Final = ("who", "what", "place", "overdue", "soon", "when")
_COMMUNITY_CELLS: Final = ("rank", "name", "person_times", "places_checked", "problems_found",
                           "received", "overdue", "handled_in_time", "coverage")  # fmt: skip
_RATES: Final = ("handled_in_time", "coverage")


def make_all(folder: Path = FOLDER) -> None:
    """Write every template into a folder."""
    for language, words in _HEADS.items():
        for form, build in (("one_page", _one_page), ("full", _full)):
            paper = _begun(margin_mm=15 if form == "one_page" else 24, language=language)
            build(paper, words)
            paper.save(str(folder / f"{form}_{language}.docx"))


def _one_page(paper: Paper, words: Mapping[str, Any]) -> None:
    _head(paper, words, title_pt=float(words["title_pt"]))
    _text(paper, "{{ headline }}", points=11, indent=True, spacing=1.1)
    table = paper.add_table(1, 2)
    _widths(table, (92, 92))
    left, right = table.rows[0].cells
    _section(left.paragraphs[0], words["map"], points=12)
    left.add_paragraph().add_run("{{ map }}")
    _section(right.paragraphs[0], words["figures"], points=12)
    _figures(right, words, (25, 17, 21, 16, 13), points=9)
    _section(paper.add_paragraph(), words["changes"], points=12)
    _lines(paper, "changes", points=10, spacing=1.0)
    _section(paper.add_paragraph(), words["chance"], points=12)
    _text(paper, "{{ chance }}", points=10, spacing=1.0)
    _section(paper.add_paragraph(), words["overdue"], points=12)
    _text(paper, "{{ overdue }}", points=10, spacing=1.0)
    _tasks(paper, words, (34, 36, 32, 14, 21, 43), points=9.5)
    _text(paper, "{{ rest }}", points=9, spacing=1.0)
    _run(paper.add_paragraph(), "{{ notes|join(' ') }}", points=8, colour=_GREY)


def _full(paper: Paper, words: Mapping[str, Any]) -> None:
    _head(paper, words, title_pt=float(words["title_pt"]) + 3)
    _text(paper, "{{ headline }}", points=12, indent=True)
    _section(paper.add_paragraph(), words["changes"], points=14)
    _lines(paper, "changes", points=12)
    _section(paper.add_paragraph(), words["figures"], points=14)
    _figures(paper, words, (50, 28, 28, 28, 28), points=10.5)
    _section(paper.add_paragraph(), words["map"], points=14)
    _centred(paper, "{{ map }}")
    _section(paper.add_paragraph(), words["communities"], points=14)
    _communities(paper, words)
    _text(paper, words["rank_note"], points=9)
    _section(paper.add_paragraph(), words["chart"], points=14)
    _centred(paper, "{{ chart }}")
    _section(paper.add_paragraph(), words["overdue"], points=14)
    _text(paper, "{{ overdue }}", points=12, indent=True)
    _tasks(paper, words, (30, 32, 28, 13, 18, 43), points=9.5)
    _text(paper, "{{ rest }}", points=10)
    _section(paper.add_paragraph(), words["chance"], points=14)
    _text(paper, "{{ chance }}", points=12, indent=True)
    _section(paper.add_paragraph(), words["definitions"], points=14)
    _repeated(paper, "each", "definitions", words["defined"], points=9.5)
    _notes(paper, points=9.5)


def _begun(*, margin_mm: float, language: str) -> Paper:
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(margin_mm)
    section.top_margin = section.bottom_margin = Mm(min(margin_mm - 2, 18))
    section.header_distance = section.footer_distance = Mm(7)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Arial" if language == "en" else "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    spoken = OxmlElement("w:lang")  # or a reader may take another country's forms of characters
    for name, value in (("val", "en-US"), ("eastAsia", "zh-CN")):
        spoken.set(qn(f"w:{name}"), value)
    style.element.rPr.append(spoken)
    style.paragraph_format.space_after = Pt(0)
    told = paper.core_properties
    told.author, told.comments, told.title = "{{ office }}", "", "{{ title }} {{ period }}"
    told.created = told.modified = _MADE
    return paper


def _head(paper: Paper, words: Mapping[str, Any], *, title_pt: float) -> None:
    title = paper.paragraphs[0] if paper.paragraphs else paper.add_paragraph()
    title.alignment = ALIGN.CENTER
    _run(title, "{{ title }}", points=title_pt, bold=True, colour=_RED, face="黑体")
    under = paper.add_paragraph()
    under.alignment = ALIGN.CENTER
    _run(under, words["when"], points=10.5)
    line = paper.add_paragraph()
    section = paper.sections[0]
    width = (section.page_width or 0) - 2 * (section.left_margin or 0)
    line.paragraph_format.tab_stops.add_tab_stop(Emu(width), WD_TAB_ALIGNMENT.RIGHT)
    _run(line, f"{words['from']}\t{{{{ day }}}}", points=9.5)
    line.paragraph_format.space_after = Pt(4)
    _ruled(line)


def _ruled(paragraph: Paragraph) -> None:
    """Draw a red line under a paragraph."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "2"), ("color", "C00000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)  # noqa: SLF001 -- python-docx has no borders


def _run(
    paragraph: Paragraph, text: str, *, points: float, bold: bool = False,
    colour: RGBColor | None = None, face: str = "",
) -> None:  # fmt: skip
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(points), bold
    run.font.color.rgb = colour or _INK
    if face:
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)  # noqa: SLF001 -- as above


def _section(paragraph: Paragraph, text: str, *, points: float) -> None:
    paragraph.paragraph_format.space_before = Pt(points * 0.4)
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, text, points=points, bold=True, colour=_RED, face="黑体")


def _text(
    place: Paper | _Cell, text: str, *, points: float, indent: bool = False, spacing: float = 1.2
) -> Paragraph:
    paragraph = place.add_paragraph()
    paragraph.paragraph_format.line_spacing = spacing
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(points * 2)
    _run(paragraph, text, points=points)
    return paragraph


def _centred(paper: Paper, text: str) -> None:
    paragraph = paper.add_paragraph(text)
    paragraph.alignment = ALIGN.CENTER


def _lines(place: Paper | _Cell, name: str, *, points: float, spacing: float = 1.2) -> None:
    _repeated(place, "line", name, "· {{ line }}", points=points, spacing=spacing)


def _repeated(
    place: Paper | _Cell, each: str, name: str, text: str, *, points: float, spacing: float = 1.2
) -> None:
    place.add_paragraph(f"{{%p for {each} in {name} %}}")
    _text(place, text, points=points, spacing=spacing)
    place.add_paragraph("{%p endfor %}")


def _notes(paper: Paper, *, points: float) -> None:
    paper.add_paragraph("{%p for note in notes %}")
    _run(paper.add_paragraph(), "{{ note }}", points=points, colour=_GREY)
    paper.add_paragraph("{%p endfor %}")


def _figures(
    place: Paper | _Cell, words: Mapping[str, Any], widths: Sequence[float], *,
    points: float,
) -> None:  # fmt: skip
    cells = [_parts(name, grey) for name, grey in _FIGURE_CELLS]
    _table(place, "figures", words["figure_heads"], cells, widths, points=points)


def _tasks(
    place: Paper | _Cell, words: Mapping[str, Any], widths: Sequence[float], *,
    points: float,
) -> None:  # fmt: skip
    cells = [_parts(name) for name in _TASK_CELLS]
    _table(place, "waiting", words["task_heads"], cells, widths, points=points, numbers=(3, 4))


def _communities(paper: Paper, words: Mapping[str, Any]) -> None:
    cells = [_parts(name, f"{name}_grey" * (name in _RATES)) for name in _COMMUNITY_CELLS]
    widths = (11, 31, 17, 17, 17, 17, 12, 22, 20)
    _table(paper, "communities", words["community_heads"], cells, widths, points=9,
           numbers=range(2, 9))  # fmt: skip


def _parts(name: str, grey: str = "") -> list[tuple[str, bool]]:
    """Return what stands in a cell, and what stands there in grey."""
    told = [(f"{{{{ row.{name} }}}}", False)]
    return [*told, (f"{{{{ row.{grey} }}}}", True)] if grey else told


def _table(
    place: Paper | _Cell, rows: str, heads: Sequence[str],
    cells: Sequence[Sequence[tuple[str, bool]]], widths: Sequence[float], *, points: float,
    numbers: Sequence[int] | None = None,
) -> None:  # fmt: skip
    """Add a table whose second row is repeated for each of ``rows``; a grey part is set so."""
    table = place.add_table(4, len(heads))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    _narrow_margins(table)
    _widths(table, widths)
    right = range(1, len(heads)) if numbers is None else numbers
    for at, head in enumerate(heads):
        _cell(table.rows[0].cells[at], [(head, False)], points=points, head=True, right=at in right)
        _cell(table.rows[2].cells[at], cells[at], points=points, right=at in right)
    _repeat_head(table)
    table.rows[1].cells[0].text = f"{{%tr for row in {rows} %}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"


def _cell(
    cell: _Cell, parts: Sequence[tuple[str, bool]], *, points: float, head: bool = False,
    right: bool = False,
) -> None:  # fmt: skip
    paragraph = cell.paragraphs[0]
    _small_mark(paragraph, points)
    paragraph.alignment = ALIGN.CENTER if head else ALIGN.RIGHT if right else ALIGN.LEFT
    for text, grey in parts:
        _run(paragraph, text, points=points, bold=head, colour=_GREY if grey else None)
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


def _repeat_head(table: Table) -> None:
    """Let the first row stand on every page, and no row break over two."""
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 -- as above
    properties.append(OxmlElement("w:tblHeader"))
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


def _widths(table: Table, widths: Sequence[float]) -> None:
    table.autofit = False
    for at, width in enumerate(widths):
        table.columns[at].width = Mm(width)
        for cell in table.columns[at].cells:
            cell.width = Mm(width)


if __name__ == "__main__":
    make_all()
