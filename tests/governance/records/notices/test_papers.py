"""Notices as papers: filled in, with the template they were reviewed with, and templates kept."""

import io
import zipfile

import openpyxl
import pytest
from docx import Document
from notice_steps import BLACKLIST, OTHER, REVIEWER, WRITER, decided_case, exposure, let_go
from refusals import refused_as

from data.contracts.notice_vocabulary import NoticeKind
from docs.developers.make_notice_templates import make_all
from governance.access.permissions import NotAllowedError
from governance.office import Office
from governance.records.bulletins.templates import FOLDER
from governance.records.notices.template_files import NAMES, PLACEHOLDERS, SHIPPED
from governance.records.notices.texts import ENTRY_COLUMNS
from governance.records.rendering.template_files import TemplateError
from governance.records.rendering.word import placeholders_of


def words_of(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in paper.paragraphs), *cells])


def with_text(text: str) -> bytes:
    """Return a template of the office's own that holds a text."""
    paper, content = Document(), io.BytesIO()
    paper.add_paragraph(text)
    paper.save(content)
    return content.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_asks_for_what_notices_have_and_is_what_the_script_makes(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shipped = SHIPPED / f"{name}.docx"
    assert placeholders_of(shipped) <= set(PLACEHOLDERS)
    folder = tmp_path_factory.mktemp("made")
    make_all(folder)
    with zipfile.ZipFile(shipped) as one, zipfile.ZipFile(folder / f"{name}.docx") as other:
        assert one.namelist() == other.namelist()
        assert all(one.read(each) == other.read(each) for each in one.namelist())


@pytest.mark.parametrize("kind", [NoticeKind.LETTER, NoticeKind.WARNING, NoticeKind.REMINDER])
def test_a_paper_says_what_the_notice_says_and_that_it_is_a_draft(
    empty_office: Office, kind: str
) -> None:
    number = empty_office.notices.draft(WRITER, kind)
    facts = empty_office.notice_lists.notice(WRITER, number).facts
    told = words_of(empty_office.notice_papers.paper(WRITER, number))
    assert facts["title"] in told
    assert all(line in told for line in facts["body"].splitlines())
    assert "（草稿）" in told
    assert ("承 诺 书" in told) == (kind == NoticeKind.REMINDER)


def test_the_signature_stays_with_the_last_paragraph(empty_office: Office) -> None:
    number = exposure(empty_office)
    paper = Document(io.BytesIO(empty_office.notice_papers.paper(WRITER, number)))
    *before, text, office, _day = [
        each.paragraph_format.keep_with_next for each in paper.paragraphs
    ]
    assert (text, office) == (True, True)
    assert not all(before)


def test_the_same_notice_gives_the_same_bytes_whatever_template_comes_after(
    empty_office: Office,
) -> None:
    number = exposure(empty_office)
    let_go(empty_office, number)
    first = empty_office.notice_papers.paper(WRITER, number)
    own = empty_office.notice_papers.set_template(WRITER, "exposure", with_text("{{ title }}"))
    assert empty_office.notice_papers.paper(WRITER, number) == first
    later = empty_office.notices.draft(WRITER, NoticeKind.EXPOSURE)
    assert empty_office.notice_lists.notice(WRITER, later).facts["template_hash"] == own
    empty_office.notice_papers.reset_template(WRITER, "exposure")
    used = {each.name: each for each in empty_office.notice_papers.templates(WRITER)}
    assert (used["exposure"].own, used["exposure"].sha256 != own) == (False, True)
    assert len(words_of(empty_office.notice_papers.paper(WRITER, later)).splitlines()) == 1


def test_a_withdrawn_paper_says_so_and_names_what_replaces_it(empty_office: Office) -> None:
    old = exposure(empty_office)
    let_go(empty_office, old)
    new = empty_office.notices.draft_correction(WRITER, old)
    let_go(empty_office, new)
    told = words_of(empty_office.notice_papers.paper(WRITER, old))
    assert f"（已更正，由{new}代替）" in told
    empty_office.notices.act(REVIEWER, new, "withdraw", {"end_reason": "决定被撤销"})
    assert "（已撤回）" in words_of(empty_office.notice_papers.paper(WRITER, new))


def test_a_list_is_handed_over_as_word_and_as_excel(empty_office: Office) -> None:
    cases = [decided_case(empty_office, key) for key in ("T1", "T2")]
    number = empty_office.notices.draft(WRITER, BLACKLIST, case_nos=cases)
    told = words_of(empty_office.notice_papers.paper(WRITER, number))
    rows = list(
        openpyxl.load_workbook(
            io.BytesIO(empty_office.notice_papers.paper(WRITER, number, "xlsx"))
        ).active.values
    )
    assert tuple(rows[0]) == ("序号", *ENTRY_COLUMNS)
    assert len(rows) == 3
    assert all(f"示教罚字〔2026〕第{key}号" in told for key in ("T1", "T2"))


def test_a_notice_without_a_list_is_no_workbook(empty_office: Office) -> None:
    number = empty_office.notices.draft(WRITER, NoticeKind.LETTER)
    with refused_as("notice_no_list"):
        empty_office.notice_papers.paper(WRITER, number, "xlsx")


def test_every_name_that_a_template_asks_for_in_vain_is_told(empty_office: Office) -> None:
    with pytest.raises(TemplateError) as refused:
        empty_office.notice_papers.set_template(
            WRITER, "letter", with_text("{{ title }}{{ 标题 }}{{ reporter }}")
        )
    assert refused.value.facts["seen"] == ["reporter", "标题"]
    assert not any(each.own for each in empty_office.notice_papers.templates(WRITER))


def test_a_bulletin_is_printed_with_the_office_s_own_template_which_asks_for_what_it_has(
    empty_office: Office,
) -> None:
    name, desk = "bulletin_one_page_zh", empty_office.notice_papers
    own = with_text("{{ headline }}{% for each in figures %}{{ each.name }}{% endfor %}")
    desk.set_template(WRITER, name, own)
    assert desk.template(OTHER, name) == own
    with pytest.raises(TemplateError) as refused:
        desk.set_template(WRITER, name, with_text("{{ headline }}{{ addressee }}"))
    assert refused.value.facts["seen"] == ["addressee"]
    desk.reset_template(WRITER, name)
    assert desk.template(OTHER, name) == (FOLDER / f"{name}.docx").read_bytes()


def test_what_is_no_word_file_is_refused(empty_office: Office) -> None:
    with pytest.raises(TemplateError):
        empty_office.notice_papers.set_template(WRITER, "letter", b"no zip")
    with pytest.raises(TemplateError):
        empty_office.notice_papers.set_template(WRITER, "unknown", with_text("x"))


def test_who_only_reviews_changes_no_template(empty_office: Office) -> None:
    with pytest.raises(NotAllowedError):
        empty_office.notice_papers.set_template(OTHER, "letter", with_text("x"))
