"""Make the shipped templates: ``python -m docs.developers.make_bulletin_templates``.

One page for a leader, the full bulletin and what a campaign came to, each in two languages.
A machine without the typefaces named here shows its own in their place.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.table import _Cell

from docs.developers.word_parts import (
    GREY,
    RED,
    add_table,
    line_height,
    parts_of,
    rule,
    run,
    section_title,
    set_widths,
    text_line,
)
from governance.records.bulletins.templates import (
    FOLDER,
    FULL,
    ONE_PAGE,
    SUMMARY,
    template_name,
)

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
        "summary": ("一、总体情况", "二、工作数据", "三、与此前相比", "四、各社区情况",
                    "五、名单效果", "六、遗留问题和办理时限"),
        "summary_heads": ("指标", "本次行动", "计数", "此前相同天数", "去年同期"),
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
        "summary": ("1. What was done", "2. Figures", "3. Against the days before",
                    "4. Communities", "5. List and chance", "6. What is left to do, and by when"),
        "summary_heads": ("Figure", "Campaign", "Of", "As many days before", "Last year"),
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
        for form, build in ((ONE_PAGE, _one_page), (FULL, _full), (SUMMARY, _summary)):
            paper = _begun(margin_mm=15 if form == ONE_PAGE else 24, language=language)
            build(paper, words)
            paper.save(str(folder / f"{template_name(form, language)}.docx"))


def _one_page(paper: Paper, words: Mapping[str, Any]) -> None:
    _head(paper, words, title_pt=float(words["title_pt"]))
    text_line(paper, "{{ headline }}", points=11, indent=True, spacing=1.1)
    table = paper.add_table(1, 2)
    set_widths(table, (84, 100))
    left, right = table.rows[0].cells
    section_title(left.paragraphs[0], words["map"], points=12)
    left.add_paragraph().add_run("{{ map }}")
    section_title(right.paragraphs[0], words["figures"], points=12)
    _figures(right, words, (25, 18, 20, 17, 15), points=9)
    section_title(paper.add_paragraph(), words["changes"], points=12)
    _lines(paper, "changes", points=10, spacing=1.0)
    section_title(paper.add_paragraph(), words["chance"], points=12)
    text_line(paper, "{{ chance }}", points=10, spacing=1.0)
    section_title(paper.add_paragraph(), words["overdue"], points=12)
    text_line(paper, "{{ overdue }}", points=10, spacing=1.0)
    _tasks(paper, words, (34, 36, 32, 14, 21, 43), points=9.5)
    text_line(paper, "{{ rest }}", points=9, spacing=1.0)
    text_line(paper, "{{ notes|join(' ') }}", points=8, colour=GREY)


def _full(paper: Paper, words: Mapping[str, Any]) -> None:
    _head(paper, words, title_pt=float(words["title_pt"]) + 3)
    text_line(paper, "{{ headline }}", points=12, indent=True)
    _titled(paper, words["changes"])
    _lines(paper, "changes", points=12)
    _titled(paper, words["figures"])
    _figures(paper, words, (50, 28, 28, 28, 28), points=10.5)
    _titled(paper, words["map"])
    _centred(paper, "{{ map }}")
    _titled(paper, words["communities"])
    _communities(paper, words)
    text_line(paper, words["rank_note"], points=9)
    _titled(paper, words["chart"])
    _centred(paper, "{{ chart }}")
    _titled(paper, words["overdue"])
    text_line(paper, "{{ overdue }}", points=12, indent=True)
    _tasks(paper, words, (30, 32, 28, 13, 18, 43), points=9.5)
    text_line(paper, "{{ rest }}", points=10)
    _titled(paper, words["chance"])
    text_line(paper, "{{ chance }}", points=12, indent=True)
    _titled(paper, words["definitions"])
    _repeated(paper, "each", "definitions", words["defined"], points=9.5)
    _notes(paper, points=9.5)


def _summary(paper: Paper, words: Mapping[str, Any]) -> None:
    """Tell what a campaign came to, in the order in which it is reported to whoever ordered it."""
    done, figures, before, communities, chance, left = words["summary"]
    _head(paper, words, title_pt=float(words["title_pt"]) + 3)
    _titled(paper, done)
    text_line(paper, "{{ headline }}", points=12, indent=True)
    _titled(paper, figures)
    heads = {"figure_heads": words["summary_heads"]}
    _figures(paper, heads, (50, 28, 28, 28, 28), points=10.5)
    _titled(paper, before)
    _lines(paper, "changes", points=12)
    _titled(paper, communities)
    _centred(paper, "{{ map }}")
    _communities(paper, words)
    text_line(paper, words["rank_note"], points=9)
    _titled(paper, chance)
    text_line(paper, "{{ chance }}", points=12, indent=True)
    _titled(paper, left)
    text_line(paper, "{{ overdue }}", points=12, indent=True)
    _tasks(paper, words, (30, 32, 28, 13, 18, 43), points=9.5)
    text_line(paper, "{{ rest }}", points=10)
    _notes(paper, points=9.5)


def _titled(paper: Paper, text: str) -> None:
    section_title(paper.add_paragraph(), text, points=14)


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
    lang = OxmlElement("w:lang")  # or a reader may take another country's forms of characters
    for name, value in (("val", "en-US"), ("eastAsia", "zh-CN")):
        lang.set(qn(f"w:{name}"), value)
    style.element.rPr.append(lang)
    style.paragraph_format.space_after = Pt(0)
    core = paper.core_properties
    core.author, core.comments, core.title = "{{ office }}", "", "{{ title }} {{ period }}"
    core.created = core.modified = _MADE
    return paper


def _head(paper: Paper, words: Mapping[str, Any], *, title_pt: float) -> None:
    title = paper.paragraphs[0] if paper.paragraphs else paper.add_paragraph()
    title.alignment = ALIGN.CENTER
    title.paragraph_format.line_spacing = line_height(title_pt)
    run(title, "{{ title }}", points=title_pt, bold=True, colour=RED, face="黑体")
    text_line(paper, words["when"], points=10.5).alignment = ALIGN.CENTER
    line = text_line(paper, f"{words['from']}\t{{{{ day }}}}", points=9.5)
    section = paper.sections[0]
    width = (section.page_width or 0) - 2 * (section.left_margin or 0)
    line.paragraph_format.tab_stops.add_tab_stop(Emu(width), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.space_after = Pt(4)
    rule(line, eighths=12, space=2)


def _centred(paper: Paper, text: str) -> None:
    paragraph = paper.add_paragraph(text)
    paragraph.alignment = ALIGN.CENTER


def _lines(place: Paper | _Cell, name: str, *, points: float, spacing: float = 1.2) -> None:
    _repeated(place, "line", name, "· {{ line }}", points=points, spacing=spacing)


def _repeated(
    place: Paper | _Cell, each: str, name: str, text: str, *, points: float, spacing: float = 1.2
) -> None:
    place.add_paragraph(f"{{%p for {each} in {name} %}}")
    text_line(place, text, points=points, spacing=spacing)
    place.add_paragraph("{%p endfor %}")


def _notes(paper: Paper, *, points: float) -> None:
    paper.add_paragraph("{%p for note in notes %}")
    text_line(paper, "{{ note }}", points=points, colour=GREY)
    paper.add_paragraph("{%p endfor %}")


def _figures(
    place: Paper | _Cell, words: Mapping[str, Any], widths: Sequence[float], *,
    points: float,
) -> None:  # fmt: skip
    cells = [parts_of(name, grey) for name, grey in _FIGURE_CELLS]
    add_table(place, "figures", words["figure_heads"], cells, widths, points=points)


def _tasks(
    place: Paper | _Cell, words: Mapping[str, Any], widths: Sequence[float], *,
    points: float,
) -> None:  # fmt: skip
    cells = [parts_of(name) for name in _TASK_CELLS]
    add_table(place, "waiting", words["task_heads"], cells, widths, points=points, numbers=(3, 4))


def _communities(paper: Paper, words: Mapping[str, Any]) -> None:
    cells = [parts_of(name, f"{name}_grey" * (name in _RATES)) for name in _COMMUNITY_CELLS]
    widths = (11, 31, 17, 17, 17, 17, 12, 22, 20)
    add_table(paper, "communities", words["community_heads"], cells, widths, points=9,
           numbers=range(2, 9))  # fmt: skip


if __name__ == "__main__":
    make_all()
