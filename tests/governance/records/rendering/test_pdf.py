"""Papers become PDF where LibreOffice is installed, and a clear message where it is not."""

import io
import select
import socket
import stat
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from libreoffice import needs_libreoffice
from PIL import Image
from refusals import refused_as

from governance.records.rendering import pdf
from governance.records.rendering.pdf import PdfError, can_make_pdf, to_pdf


def paper(text: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


@needs_libreoffice
def test_a_word_file_becomes_a_pdf_with_its_text() -> None:
    made = pypdfium2.PdfDocument(to_pdf(paper("清河街道通报")))
    assert len(made) == 1
    assert made[0].get_textpage().get_text_bounded().strip() == "清河街道通报"


@needs_libreoffice
def test_a_picture_that_lies_elsewhere_is_not_asked_for() -> None:
    document = docx.Document()
    picture = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(picture, "PNG")
    document.add_picture(picture)
    for each in document.element.iter(qn("a:blip")):
        each.set(qn("r:link"), each.attrib.pop(qn("r:embed")))
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        url = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/x.png"
        [link] = [each for each in document.part.rels.values() if each.reltype == RT.IMAGE]
        link._target, link._is_external = url, True
        target = io.BytesIO()
        document.save(target)
        assert to_pdf(target.getvalue(), seconds=30)
        assert not select.select([elsewhere], [], [], 0)[0]


def test_without_libreoffice_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not can_make_pdf()
    with pytest.raises(PdfError, match="Pdf no libreoffice"):
        to_pdf(paper("x"))


@pytest.mark.parametrize(
    ("script", "code"), [("sleep 60 & sleep 60", "pdf_too_slow"), ("echo bad file", "pdf_failed")]
)
def test_a_conversion_that_hangs_or_fails_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, code: str
) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(pdf, "_program", lambda: str(program))
    with refused_as(code):
        to_pdf(paper("x"), seconds=1)
