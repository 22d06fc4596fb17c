"""Bulletins as files: Word, PDF, Excel, and a picture for groups; the command line makes the same.

Nothing here needs a page.
"""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from dashboard.charts.bars_picture import bars_picture
from dashboard.documents.reports.bulletins.fonts import font
from dashboard.documents.reports.bulletins.sheets import bulletin_sheets
from dashboard.documents.reports.bulletins.values import template_values
from dashboard.documents.reports.bulletins.words import chance_words, period_words, title_words
from dashboard.documents.workbook import workbook
from dashboard.i18n import Translator
from dashboard.maps.street_picture import street_picture
from data.workspace.atomic import write_bytes
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, NotAllowedError, may
from governance.office import Office
from governance.patrols.routing.model.plan import PlanError
from governance.records.bulletins.figures import ALL
from governance.records.bulletins.service import Bulletin
from governance.records.bulletins.templates import template_name
from governance.records.rendering.pdf import to_pdf
from governance.records.rendering.word import render_word

SUFFIXES: Final = (".docx", ".pdf", ".xlsx", ".png")
_DPI: Final = 130
_POINTS_PER_INCH: Final = 72
_MARK: Final = (90, 100, 112, 46)
"""Colour of the watermark, nearly all through."""


def word(office: Office, actor: Actor, bulletin: Bulletin, *, form: str, say: Translator) -> bytes:
    """Return a bulletin as a Word file of a form.

    Raises `NotAllowedError` when the actor sees no map.
    Raises `TemplateError` when the template cannot be filled in.
    """
    facts = office.settings(actor)
    values = template_values(
        bulletin, office=facts.name, street=facts.street,
        pictures=pictures(office, actor, bulletin, say=say),
        chance=chance(office, actor, bulletin, say=say), form=form, say=say,
    )  # fmt: skip
    template = office.notice_papers.template(actor, template_name(form, say.language))
    return render_word(template, values)


def excel(bulletin: Bulletin, *, say: Translator) -> bytes:
    """Return a bulletin's figures as a workbook."""
    return workbook(bulletin_sheets(bulletin, say=say))


def picture(pdf: bytes, mark: str) -> bytes:
    """Return the first page of a PDF as a PNG with a watermark, to be sent to a group.

    ``mark``: what is written across it: whose it is, and when it was taken.
    """
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=_DPI / _POINTS_PER_INCH).to_pil().convert("RGBA")
    target = io.BytesIO()
    Image.alpha_composite(page, _watermark(page.size, mark)).convert("RGB").save(
        target, "PNG", optimize=True
    )
    return target.getvalue()


class BulletinFileError(GridwardenError):
    """No bulletin can be written to a file of this name."""


def write(
    office: Office, actor: Actor, bulletin: Bulletin, file: Path, *, form: str, say: Translator
) -> None:
    """Write a bulletin to a file, as `made` makes it, and the line about it into the audit log.

    Raises `NotAllowedError` when the actor may not export.
    """
    content = made(office, actor, bulletin, file, form=form, say=say)
    office.risk_map.note_export(actor, file=file.name, period=bulletin.period.key)
    write_bytes(file, content)


def made(
    office: Office, actor: Actor, bulletin: Bulletin, file: Path, *, form: str, say: Translator
) -> bytes:
    """Return a bulletin as what a file's name ends with says.

    ``file``: ends with ``.docx``, ``.pdf``, ``.xlsx`` (the figures) or ``.png`` (the first page).
    ``form``: one of `governance.records.bulletins.templates.FORMS`.

    Raises `BulletinFileError` when the name ends with something else.
    Raises `PdfError` when this machine makes no PDF.
    """
    if file.suffix not in SUFFIXES:
        expected = ", ".join(SUFFIXES)
        raise BulletinFileError("bulletin_file_unknown", seen=file.name, expected=expected)
    if file.suffix == ".xlsx":
        return excel(bulletin, say=say)
    content = word(office, actor, bulletin, form=form, say=say)
    if file.suffix == ".docx":
        return content
    pdf = to_pdf(content)
    if file.suffix == ".pdf":
        return pdf
    street, day = office.settings(actor).street, office.clock.today()
    return picture(pdf, say("{street}, internal, {day}", street=street, day=day))


def text(values: Mapping[str, Any], *, say: Translator) -> str:
    """Return what the one page says as lines of text, for a notice that is reviewed."""
    figures = say("; ").join(
        f"{each['name']} {each['now'] or each['now_grey']}" for each in values["figures"]
    )
    tasks = [
        say("{who}: {what}, {place}; {overdue} overdue, {soon} due soon; {when}.", **each)
        for each in values["waiting"]
    ]
    lines = [
        values["headline"], say("Key figures: {figures}.", figures=figures), *values["changes"],
        values["overdue"], *tasks, values["rest"], values["chance"], *values["notes"],
    ]  # fmt: skip
    return "\n".join(line for line in lines if line)


def file_stem(bulletin: Bulletin, *, street: str, say: Translator) -> str:
    """Return what a bulletin's files are called, without their ending."""
    title = title_words(bulletin, street=street, say=say)
    return f"{title} {period_words(bulletin.period, say=say)}"


def pictures(
    office: Office, actor: Actor, bulletin: Bulletin, *, say: Translator
) -> Mapping[str, bytes]:
    """Return the map and the chart of a bulletin as PNG."""
    rows = bulletin.figures[bulletin.figures["figure"] == "problems_found"]
    rows = rows[rows["community"] != ALL].set_index("community")
    counts = {str(code): int(value) for code, value in rows["value"].items()}
    drawn = street_picture(
        office.basemap.places(actor).communities, office.basemap.features(actor), counts,
        legend=say("Problems found"), credit=office.basemap.attribution(actor),
    )  # fmt: skip
    order = sorted(counts, key=lambda code: (-counts[code], code))
    earlier = {code: None if value != value else int(value)  # noqa: PLR0124 -- NaN is unknown
               for code, value in rows["before"].items()}  # fmt: skip
    bars = bars_picture(
        [(bulletin.names.get(code, code), counts[code], earlier[code]) for code in order],
        now=period_words(bulletin.period, say=say), before=say("Period before"),
    )  # fmt: skip
    return {"map": drawn, "chart": bars}


def chance(office: Office, actor: Actor, bulletin: Bulletin, *, say: Translator) -> str:
    """Say how far the list beat chance until the end of the period, to whoever may know it."""
    allowed = all(may(actor, each) for each in (Action.EVALUATE, Action.MAKE_PLAN))
    if not allowed or not actor.scope.street:
        return say("How the list compares with chance is told for the whole street only.")
    try:
        found = office.plan_evaluation.evaluate(actor, bulletin.until)
    except (PlanError, NotAllowedError):
        return say("No weekly plan with a random sample ran in the period; nothing can be said.")
    return chance_words(found.so_far, found.so_far_plans, found.so_far.verdict, say=say)


def _watermark(size: tuple[int, int], mark: str) -> Image.Image:
    """Return a transparent picture with words across it, again and again."""
    over = Image.new("RGBA", size)
    text = font(round(size[0] / 34))
    line = Image.new("RGBA", (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(line)
    wide = round(draw.textlength(mark, font=text)) + size[0] // 8
    for row, y in enumerate(range(0, size[1] * 2, size[1] // 7)):
        for x in range(-(row % 2) * wide // 2, size[0] * 2, wide):
            draw.text((x, y), mark, font=text, fill=_MARK)
    turned = line.rotate(24, resample=Image.Resampling.BICUBIC)
    over.paste(turned, (-size[0] // 2, -size[1] // 2))
    return over
