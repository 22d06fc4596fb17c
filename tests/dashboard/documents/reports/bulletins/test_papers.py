"""Bulletins on paper: what stands in them, in both languages, and that a leader's is one page."""

import io
import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pypdfium2
import pytest
from libreoffice import needs_libreoffice, to_pdfs
from PIL import Image

from dashboard.charts.bars_picture import bars_picture
from dashboard.documents.reports.bulletins.sheets import bulletin_sheets
from dashboard.documents.reports.bulletins.values import template_values
from dashboard.documents.reports.bulletins.words import (
    changes,
    figure_words,
    notes,
    period_words,
    title_words,
)
from dashboard.documents.workbook import workbook
from dashboard.i18n import LANGUAGES, translator
from dashboard.views.records.bulletins import papers
from data.calendars.calendar import Calendar
from docs.developers.make_bulletin_templates import make_all
from governance.records.bulletins.figures import COUNTS, measure
from governance.records.bulletins.periods import BulletinKind, period_before, read_period
from governance.records.bulletins.service import Bulletin
from governance.records.bulletins.templates import FOLDER, FORMS, PLACEHOLDERS, template_name
from governance.records.rendering.word import placeholders_of, render_word

CODES = [f"3709980010{number:02}" for number in range(1, 31)]
CALENDAR = Calendar.shipped()


def bulletin(kind: str = "monthly", key: str = "2026-11", communities: int = 30) -> Bulletin:
    """Return a bulletin of a large street in which everything changed and much is overdue."""
    codes = CODES[:communities]
    now = pd.DataFrame({name: [20 + at for at in range(len(codes))] for name in COUNTS}, codes)
    now = now.assign(**dict.fromkeys(("sign_due", "handle_due", "received", "due", "judged"), 60))
    now.loc[codes[0], ["handled_in_time", "handle_due"]] = (3, 4)
    before = now.assign(signed=1, handled_in_time=1, verified=1, covered=1, confirmed=1)
    period = read_period(BulletinKind(kind), key, CALENDAR)
    waiting = pd.DataFrame(
        [{"community": code, "clock": clock, "overdue": 40, "due_soon": 12,
          "first_due": datetime(2025, 9, 30, 23, 59)}  # noqa: DTZ001 -- the office's local time
         for code in codes for clock in ("triage", "handle", "decide", "reply", "close")]
    )  # fmt: skip
    return Bulletin(
        period=period, before=period_before(period, CALENDAR), year_before=None,
        until=date(2026, 11, 24), over=False,
        made_at=datetime(2026, 11, 24, 9, 0),  # noqa: DTZ001 -- as above
        whole=False, figures=measure(now, before, None),
        names={code: f"第{at}石榴园花园口社区" for at, code in enumerate(codes)}, waiting=waiting,
        known_later=120, began={"cases": date(2026, 11, 20), "visits": date(2026, 11, 20)},
    )  # fmt: skip


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1000, 760), "white").save(target, "PNG")
    return target.getvalue()


def values(form: str, language: str, **more: Any) -> dict[str, Any]:
    say = translator(language)
    chance = say.name("list_or_chance", "more", plans=26, list="12.5", random="3.1") + say(
        " That is {ratio} times as many (90% interval {low} to {high}).",
        ratio="4.0", low="2.2", high="7.9",
    )  # fmt: skip
    return template_values(
        bulletin(**more), office="松溪街道办事处", street="松溪街道", form=form, chance=chance,
        pictures={"map": picture(), "chart": picture()}, say=say,
    )  # fmt: skip


def shipped(form: str, language: str) -> Path:
    return FOLDER / f"{template_name(form, language)}.docx"


def word(form: str, language: str, **more: Any) -> bytes:
    return render_word(shipped(form, language), values(form, language, **more))


def text_of(pdf: bytes) -> tuple[int, str]:
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return len(texts), "".join("".join(texts).split())


CAMPAIGN = ("campaign", "2026-national_holiday")
FULL = [("weekly", "2026-W47"), ("quarterly", "2026-Q4"), CAMPAIGN]


def few(kind: str, key: str) -> dict[str, Any]:
    return {"kind": kind, "key": key, "communities": 3}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Make PDFs of all forms in both languages."""
    say = translator("zh")
    sheets = bulletin_sheets(bulletin(communities=3), say=say)
    papers = {"workbook.xlsx": workbook(sheets), "few.docx": word("one_page", "zh", communities=3)}
    for language in LANGUAGES:
        papers[f"one_page-{language}.docx"] = word("one_page", language)
        papers[f"summary-{language}.docx"] = word("summary", language, **few(*CAMPAIGN))
        for kind, key in FULL:
            papers[f"{kind}-{language}.docx"] = word("full", language, **few(kind, key))
    return to_pdfs(papers, tmp_path_factory.mktemp("printed"))


@needs_libreoffice
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_leaders_bulletin_is_one_page_however_much_there_is_to_tell(
    printed: dict[str, bytes], language: str
) -> None:
    pages, text = text_of(printed[f"one_page-{language}.docx"])
    assert pages == 1
    told = values("one_page", language)
    for part in (told["headline"], told["overdue"], told["chance"], told["rest"], *told["notes"]):
        assert "".join(str(part).split()) in text
    assert all("".join(row["what"].split()) in text for row in told["waiting"])


@needs_libreoffice
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "key"), FULL)
def test_every_full_bulletin_becomes_a_pdf(
    printed: dict[str, bytes], language: str, kind: str, key: str
) -> None:
    _, text = text_of(printed[f"{kind}-{language}.docx"])
    told = values("full", language, **few(kind, key))
    assert "".join(told["title"].split()) in text
    for each in told["definitions"]:
        assert "".join(each["text"].split()) in text


@needs_libreoffice
@pytest.mark.parametrize(("language", "heads"), [
    ("zh", ("专项行动小结", "一、总体情况", "六、遗留问题和办理时限")),
    ("en", ("campaign summary", "1. What was done", "6. What is left to do, and by when")),
])  # fmt: skip
def test_what_a_campaign_came_to_is_a_document_of_its_own(
    printed: dict[str, bytes], language: str, heads: tuple[str, ...]
) -> None:
    _, text = text_of(printed[f"summary-{language}.docx"])
    told = values("summary", language, **few(*CAMPAIGN))
    for each in (*heads, told["headline"], told["overdue"], told["chance"], *told["changes"]):
        assert "".join(each.split()).lower() in text.lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_template_asks_for_what_there_is(form: str, language: str) -> None:
    asked = placeholders_of(shipped(form, language))
    assert asked <= set(PLACEHOLDERS) == set(values(form, language))


def test_the_shipped_templates_are_those_that_the_script_makes(tmp_path: Any) -> None:
    make_all(tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == sorted(path.name for path in FOLDER.glob("*.docx"))
    for name in made:
        texts = [xml_of(folder / name) for folder in (tmp_path, FOLDER)]
        assert texts[0] == texts[1]


def xml_of(path: Any) -> str:
    return str(docx.Document(str(path)).element.xml)


def test_a_rate_of_few_is_grey_and_marked() -> None:
    rows = {row["name"]: row for row in values("full", "zh")["communities"]}
    few = rows["第0石榴园花园口社区"]
    assert (few["handled_in_time"], few["handled_in_time_grey"]) == ("", "75.0%※")
    assert few["rank"] == "–"
    enough = rows["第1石榴园花园口社区"]
    assert (enough["handled_in_time"], enough["handled_in_time_grey"]) == ("35.0%", "")


def test_communities_are_ranked_by_what_was_handled_in_time() -> None:
    rows = values("full", "zh")["communities"]
    ranked = [row for row in rows if row["rank"] != "–"]
    assert [int(row["rank"]) for row in ranked] == list(range(1, 30))
    shares = [float(row["handled_in_time"].rstrip("%")) for row in ranked]
    assert shares == sorted(shares, reverse=True)


def test_only_changes_that_chance_hardly_explains_are_told() -> None:
    say = translator("zh")
    told = list(changes(bulletin(), say=say))
    assert len(told) == 4
    assert all("提高" in line for line in told[:3])
    same = bulletin()
    assert not any("提高" in line or "下降" in line
                   for line in changes(without_change(same), say=say))  # fmt: skip


def without_change(made: Bulletin) -> Bulletin:
    figures = made.figures.assign(
        before=made.figures["value"], before_numerator=made.figures["numerator"],
        before_denominator=made.figures["denominator"],
    )  # fmt: skip
    object.__setattr__(made, "figures", figures)
    return made


def test_a_bulletin_of_few_communities_names_them() -> None:
    say = translator("zh")
    own = bulletin(communities=2)
    assert title_words(own, street="松溪街道", say=say).startswith(
        "第0石榴园花园口社区、第1石榴园花园口社区"
    )
    assert title_words(bulletin(), street="松溪街道", say=say).startswith("松溪街道")


def test_what_a_reader_has_to_know_is_told() -> None:
    say = translator("en")
    told = " ".join(notes(bulletin(), say=say))
    for part in ("fewer than 10", "not over", "120 visits", "Cases", "Visits", "communities"):
        assert part in told


@pytest.mark.parametrize(
    ("kind", "key", "zh", "en"),
    [
        ("weekly", "2026-W47", "2026年第47周", "Week 47 of 2026"),
        ("monthly", "2026-11", "2026年11月", "November 2026"),
        ("quarterly", "2026-Q4", "2026年第四季度", "Quarter 4 of 2026"),
        ("campaign", "2026-national_holiday", "2026年国庆假期", "National holiday 2026"),
    ],
)
def test_periods_have_names(kind: str, key: str, zh: str, en: str) -> None:
    period = read_period(BulletinKind(kind), key, CALENDAR)
    assert period_words(period, say=translator("zh")) == zh
    assert period_words(period, say=translator("en")) == en


def test_figures_read_as_people_write_them() -> None:
    assert figure_words("coverage", 0.4731) == "47.3%"
    assert figure_words("person_times", 1474.0) == "1,474"
    assert figure_words("person_times", math.nan) == "–"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_numerators_and_denominators(language: str) -> None:
    say = translator(language)
    book = openpyxl.load_workbook(io.BytesIO(workbook(bulletin_sheets(bulletin(), say=say))))
    counts, rates, waiting = book.worksheets
    head = [cell.value for cell in rates[3]]
    first = dict(zip(head, rates[4], strict=True))
    rate = first[say("Rate")]
    assert rate.value == pytest.approx(
        first[say("Numerator")].value / first[say("Denominator")].value
    )
    assert rate.number_format == "0.0%"
    assert isinstance(counts["C4"].value, int)
    heads = {"zh": ("社区", "指标", "本期", "上期", "去年同期", "指标口径"),
             "en": ("Community", "Figure", "This period", "Period before",
                    "Same period last year", "What the figure is")}  # fmt: skip
    assert tuple(cell.value for cell in counts[3]) == heads[language]
    assert waiting.max_row == 3 + 150


def test_bars_have_a_row_for_each_community() -> None:
    bars = bars_picture([("甲社区", 3, 5), ("乙社区", 0, None)], now="11月", before="上期")
    assert Image.open(io.BytesIO(bars)).size == (1100, 132)


@needs_libreoffice
def test_a_picture_for_groups_is_the_page_with_a_mark(printed: dict[str, bytes]) -> None:
    plain, marked = (
        Image.open(io.BytesIO(papers.picture(printed["few.docx"], mark))).convert("L")
        for mark in ("", "松溪街道 内部")
    )
    assert plain.size == marked.size
    assert sum(marked.tobytes()) < sum(plain.tobytes())


@needs_libreoffice
def test_the_workbook_opens_in_an_office_program(printed: dict[str, bytes]) -> None:
    _, text = text_of(printed["workbook.xlsx"])
    assert "数量指标" in text
    assert "及时签收率" in text
