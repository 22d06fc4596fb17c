"""Every kind of paper of notices becomes a PDF that holds its text."""

import io

import pypdfium2
import pytest
from libreoffice import needs_libreoffice, to_pdfs

from governance.records.notices.template_files import NAMES, PLACEHOLDERS, SHIPPED
from governance.records.notices.texts import ENTRY_FIELDS
from governance.records.rendering.word import placeholders_of, render_word

TEXT = "近期，街道在排查中发现，个别机构以托管名义开展学科类培训。"


def filled(name: str) -> bytes:
    entry = dict.fromkeys(ENTRY_FIELDS, "某某")
    values = {
        **dict.fromkeys(PLACEHOLDERS, "某某"), "title": "关于通报典型案例的函", "count": 30,
        "paragraphs": [{"text": "案例一", "head": True}, {"text": TEXT, "head": False}],
        "entries": [{"no": number, **entry} for number in range(1, 31)],
    }  # fmt: skip
    return render_word(SHIPPED / f"{name}.docx", values)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_asks_for_what_a_notice_has(name: str) -> None:
    assert placeholders_of(SHIPPED / f"{name}.docx") <= set(PLACEHOLDERS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the papers as PDF by their names."""
    papers = {f"{name}.docx": filled(name) for name in NAMES}
    return to_pdfs(papers, tmp_path_factory.mktemp("papers"))


@needs_libreoffice
@pytest.mark.parametrize("name", NAMES)
def test_a_notice_becomes_a_pdf_with_its_text(made: dict[str, bytes], name: str) -> None:
    with pypdfium2.PdfDocument(io.BytesIO(made[f"{name}.docx"])) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    told = "".join("".join(texts).split())
    assert "关于通报典型案例的函" in told
    assert TEXT in told
