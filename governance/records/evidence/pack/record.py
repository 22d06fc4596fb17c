"""The record of a pack of evidence on paper (取证记录), as PDF.

What it needs of the font that comes with the program is embedded, so that every reader shows the
same, and every machine writes the same.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.platypus.flowables import Flowable

from governance.records.rendering.fonts import CHINESE

FONT: Final = "Chinese"
TITLE: Final = "取证记录"
STEPS: Final = {
    "added": "收存", "corrected": "更正说明", "blurred": "制作打码件", "opened": "查看原件",
    "handed_over": "交出", "received": "接收", "take_over_asked": "提请接管",
    "taken_over": "接管为证据", "exported": "导出", "returned": "退回",
}  # fmt: skip
STATES: Final = {"material": "线索材料", "evidence": "证据", "returned": "已退回"}
_FACTS: Final = (
    ("evidence_no", "材料编号"), ("state", "状态"), ("kind", "种类"), ("filename", "文件名"),
    ("bytes", "大小（字节）"), ("sha256", "SHA-256"), ("taken_at", "采集时间"),
    ("place", "采集地点"), ("device", "设备"), ("taker", "采集人"), ("witness", "见证人"),
    ("origin", "来源"), ("case_no", "线索编号"), ("building", "楼栋"), ("officers", "接管人员"),
    ("note", "说明"),
)  # fmt: skip


def record_pdf(head: Mapping[str, str], pieces: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the record: what was exported, by whom, why; each piece with its custody; signatures.

    ``head``: ``office``, ``exported_at``, ``by``, ``purpose``.
    ``pieces``: as `custody.json` has them, names in place of accounts.
    """
    pdfmetrics.registerFont(TTFont(FONT, CHINESE, subfontIndex=0))
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=A4, title=TITLE, author=head["office"], invariant=True,
        initialFontName=FONT,
        leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
    )  # fmt: skip
    document.build([*_head(head, len(pieces)), *(f for p in pieces for f in _piece(p)), *_sign()])
    return target.getvalue()


def _style(size: float, **more: Any) -> ParagraphStyle:  # noqa: ANN401 -- of a style
    return ParagraphStyle("s", fontName=FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK",
                          **more)  # fmt: skip


def _text(content: object, size: float = 9.5, **more: Any) -> Paragraph:  # noqa: ANN401 -- of a style
    return Paragraph(escape(str(content)), _style(size, **more))


def _table(rows: Sequence[Sequence[object]], widths: Sequence[float]) -> Table:
    cells = [[_text(each) for each in row] for row in rows]
    look = TableStyle([
        ("FONTNAME", (0, 0), (-1, -1), FONT),  # or another font is named that nothing uses
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ])  # fmt: skip
    return Table(cells, colWidths=[width * mm for width in widths], style=look)


def _head(head: Mapping[str, str], count: int) -> list[Flowable]:
    rows = [("单位", head["office"]), ("导出时间", head["exported_at"]), ("导出人", head["by"]),
            ("用途", head["purpose"]), ("件数", count)]  # fmt: skip
    return [_text(TITLE, 18, alignment=TA_CENTER), Spacer(0, 6 * mm), _table(rows, (35, 139)),
            Spacer(0, 4 * mm),
            _text("各文件的 SHA-256 另见 hashes.sha256，运行 python verify.py 核验。")]  # fmt: skip


def _piece(piece: Mapping[str, Any]) -> list[Flowable]:
    values = {**piece, "state": STATES.get(piece["state"], piece["state"])}
    rows = [(label, values[name]) for name, label in _FACTS if values.get(name)]
    if piece["has_minor"]:
        rows.append(("未成年人", "含未成年人，限制查阅"))
    steps = [("序号", "时间", "人员", "事项"),
             *((s["number"], s["local_at"], s["name"], STEPS.get(s["action"], s["action"]))
               for s in piece["custody"])]  # fmt: skip
    return [Spacer(0, 7 * mm), _table(rows, (35, 139)), Spacer(0, 3 * mm),
            _table(steps, (14, 45, 65, 50))]  # fmt: skip


def _sign() -> list[Flowable]:
    line = "＿＿＿＿＿＿＿＿＿＿"
    rows = [("移交人", line, "日期", line), ("接收人", line, "日期", line)]
    return [Spacer(0, 10 * mm), _table(rows, (25, 62, 25, 62))]
