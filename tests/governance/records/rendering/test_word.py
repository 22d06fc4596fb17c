"""Word templates are filled in with values, and can do nothing else."""

import io
import re
import zipfile
from functools import cache
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from governance.records.rendering.template_files import MOST_MEGABYTES, TemplateError
from governance.records.rendering.word import Picture, placeholders_of, render_word


@cache
def template(*paragraphs: str, header: str = "", rows: tuple[str, ...] = ()) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if rows:
        table = document.add_table(len(rows), 1)
        for at, text in enumerate(rows):
            table.cell(at, 0).text = text
    return saved(document)


def saved(document: "docx.document.Document") -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    texts = [paragraph.text for paragraph in document.paragraphs]
    return "\n".join([document.sections[0].header.paragraphs[0].text, *texts, *cells])


def repacked(content: bytes, name: str, text: bytes) -> bytes:
    """Return a package with one part added or written over."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, text)
    return target.getvalue()


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(target, "PNG")
    return target.getvalue()


def failure(content: bytes, values: dict[str, object] | None = None) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        render_word(content, values or {})
    return caught.value


def test_placeholders_stand_in_text_header_and_rows(tmp_path: Path) -> None:
    content = template(
        "致{{ 家长 }}", header="{{ office }}",
        rows=("{%tr for row in rows %}", "{{ row.name }}：{{ row.count }}", "{%tr endfor %}"),
    )  # fmt: skip
    assert placeholders_of(content) == {"家长", "office", "rows"}
    path = tmp_path / "paper.docx"
    path.write_bytes(content)
    rows = [{"name": "甲社区", "count": 3}, {"name": "乙社区", "count": 4}]
    filled = render_word(path, {"家长": "李某", "office": "清河街道", "rows": rows, "more": 1})
    assert text_of(filled).split("\n") == ["清河街道", "致李某", "甲社区：3", "乙社区：4"]


def test_a_placeholder_that_word_cut_into_pieces_is_found() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ na", "me }", "}"):
        paragraph.add_run(piece).bold = True
    assert placeholders_of(saved(document)) == {"name"}
    assert "王某" in text_of(render_word(saved(document), {"name": "王某"}))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30))
def test_any_text_stands_as_it_is(text: str) -> None:
    """Markup, braces and line breaks in a value stay text; what XML cannot hold is left out."""
    shown = re.sub("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "", text)
    filled = docx.Document(io.BytesIO(render_word(template("[{{ name }}]"), {"name": text})))
    assert filled.paragraphs[0].text == f"[{shown}]"
    assert len(filled.paragraphs) == 1


@pytest.mark.parametrize("text", ["<w:p/>&amp;", "{{ secret }}", "{% if x %}", "a\nb", "a\tb"])
def test_markup_and_braces_in_values_stay_text(text: str) -> None:
    filled = render_word(template("[{{ name }}]"), {"name": text, "secret": "no"})
    assert docx.Document(io.BytesIO(filled)).paragraphs[0].text == f"[{text}]"


def test_none_stands_as_nothing_and_conditions_are_read() -> None:
    content = template(
        "{% if note %}说明{% endif %}{% if rows|length > 1 %}多{% endif %}[{{ note }}]"
    )
    assert "\n多[]" in text_of(render_word(content, {"note": None, "rows": [1, 2]}))


def test_a_picture_stands_in_its_place_and_width() -> None:
    filled = render_word(template("{{ map }}"), {"map": Picture(png(), width_mm=50)})
    shape = docx.Document(io.BytesIO(filled)).inline_shapes[0]
    assert (round(shape.width.mm), round(shape.height.mm)) == (50, 25)


def test_the_same_template_and_values_give_the_same_bytes() -> None:
    content = template("{{ name }}", header="{{ name }}")
    assert render_word(content, {"name": "a"}) == render_word(content, {"name": "a"})


def test_all_unknown_placeholders_are_named_at_once() -> None:
    error = failure(template("{{ a }}{{ b }}", header="{{ c }}"), {"b": 1})
    assert (error.code, error.facts["seen"]) == ("template_unknown_placeholders", ["a", "c"])
    assert error.facts["expected"] == "b"


def test_all_unknown_members_are_named_at_once() -> None:
    error = failure(template("{{ a.x }}{{ a.y.z }}{{ a.k }}"), {"a": {"k": 1}})
    assert (error.code, error.facts["seen"]) == ("template_unknown_placeholders", ["x", "y", "z"])


@pytest.mark.parametrize("text", ["{{ name", "{% if name %}", "{{ name|nothing }}", "{{ a b }}"])
def test_a_template_that_cannot_be_read_says_near_what(text: str) -> None:
    error = failure(template("前文", text), {"name": "x"})
    assert error.code == "template_broken"
    assert error.facts["seen"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ name.upper() }}", "{{ 'a' * 1000000000 }}", "{{ 9 ** 9 ** 9 }}",
        "{% set x = 1 %}", "{% include 'x' %}", "{% import 'x' as y %}",
        "{% macro m() %}{% endmacro %}",
        "{% for a in b %}{% for c in b %}{% for d in b %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ name.__class__.__mro__[1].__subclasses__() }}", "{{ [1, 2] }}",
    ],
)  # fmt: skip
def test_a_template_that_does_more_than_read_values_is_refused(text: str) -> None:
    assert failure(template(text), {"name": "x", "b": [1]}).code == "template_does_more"


@pytest.mark.parametrize("text", ["{{ name.__class__ }}", "{{ name['__class__'] }}", "{{ p.tpl }}"])
def test_attributes_of_objects_are_no_values(text: str) -> None:
    error = failure(template(text), {"name": "x", "p": Picture(png(), width_mm=5)})
    assert error.code == "template_unknown_placeholders"


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    assert failure(content).code == "template_not_word"


def test_a_word_file_with_a_damaged_part_is_refused() -> None:
    assert failure(repacked(template("x"), "word/document.xml", b"<w:")).code == "template_not_word"


@pytest.mark.parametrize(
    "content",
    [
        repacked(template("x"), "word/document.xml", b" " * (MOST_MEGABYTES * 2**20 + 1)),
        template("x") + bytes(MOST_MEGABYTES * 2**20),
    ],
    ids=["unpacked", "as a file"],
)
def test_a_template_larger_than_what_the_page_says_is_refused_with_its_size(content: bytes) -> None:
    error = failure(content)
    assert error.code == "template_too_large"
    assert error.facts["expected"] == MOST_MEGABYTES <= float(error.facts["seen"])


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OUTSIDE = (
    'Type="x" Target="http://elsewhere/x" TargetMode="External"',
    "Type='x' Target='http://elsewhere/x' TargetMode='External'",
    'Type="x" Target="http://elsewhere/x" TargetMode = "External"',
    'Type="x" Target="http://elsewhere/x" TargetMode="&#69;xternal"',
    'Type="x/image" Target="http://elsewhere/hyperlink" TargetMode="External"',
    'Type="x/image" Id="/hyperlink" Target="file:///x" TargetMode="External"',
    'Type="x/image" r:Type="x/hyperlink" Target="file:///x" TargetMode="External"',
)
"""Ways to say that something lies elsewhere; none of them is a link that somebody follows."""


def _relationships(said: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<r:Relationships xmlns:r="{kind}"><r:Relationship {said}/></r:Relationships>'.encode()


def _field(*pieces: str) -> bytes:
    runs = "".join(f"<w:r><w:instrText>{each}</w:instrText></w:r>" for each in pieces)
    return f'<w:p xmlns:w="{_W}">{runs}</w:p>'.encode()


def _drawn(element: str) -> bytes:
    return f'<a:p xmlns:a="x/main" xmlns:r="x/relationships">{element}</a:p>'.encode()


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("word/_rels/settings.xml.rels",
         b'<Relationship Id="a" Type="x" Target="http://elsewhere/x" TargetMode="External"/>'),
        *(("word/_rels/header9.xml.rels", _relationships(each)) for each in OUTSIDE),
        ("word/_rels/header9.xml.RELS", _relationships(OUTSIDE[0])),
        ("word/_rels/header9.xml.rels", _relationships(OUTSIDE[0]).decode().encode("utf-16")),
        ("word/header9.xml", _field("INCLUDEPICTURE http://elsewhere/x.png")),
        ("word/header9.xml", _field("INCLUDEPIC", "TURE http://elsewhere/x.png")),
        ("word/header9.part", _field("INCLUDETEXT c:/x")),
        ("word/header9.xml", f'<w:fldSimple xmlns:w="{_W}" w:instr=" ddeauto c:/x "/>'.encode()),
        ("word/header9.part", b" " * 99 + _field("INCLUDETEXT c:/x")),
        ("word/header9.xml", b'<!DOCTYPE p [<!ENTITY x "DDE">]>' + _field("&x;AUTO c:/x")),
        ("word/header9.xml", _field("IMP", "ORT c:/x.png")),
        ("word/header9.xml", _field("RD c:/x.docx")),
        ("word/header9.xml", _drawn('<a:blip r:link="a"/>')),
        ("word/header9.xml", _drawn('<a:imagedata src="http://elsewhere/x.png"/>')),
        ("word/header9.xml", _drawn('<a:altChunk r:id="a"/>')),
        ("word/header9.xml", _drawn("<a:mailMerge/>")),
        ("word/media/x.svg", _drawn('<a:image href="http://elsewhere/x.png"/>')),
        ("word/_rels/header9.xml.rels", _relationships('Type="x/aFChunk" Target="x.html"')),
        ("word/_rels/header9.xml.rels", _relationships('Type="x/oleObject" Target="x.png"')),
        ("word/afchunk1.html", b"<img src='http://elsewhere/x.png'>"),
        ("word/vbaProject.bin", b"x"),
        ("word/embeddings/oleObject1.bin", b"x"),
    ],
)  # fmt: skip
def test_a_template_that_would_run_or_fetch_something_is_refused(part: str, text: bytes) -> None:
    assert failure(repacked(template("x"), part, text)).code == "template_fetches"


@pytest.mark.parametrize("target", ["https://www.gov.cn/", "https://www.gov.cn/hyperlink"])
def test_a_template_may_have_links_and_fields_of_its_own(target: str) -> None:
    link = f'Type="x/hyperlink" Id="a" Target="{target}" TargetMode="External"'
    content = repacked(template("x"), "word/_rels/header9.xml.rels", _relationships(link))
    content = repacked(content, "word/header9.xml", _field("HYPERLINK x/import ", " PAGE"))
    content = repacked(content, "word/media/x.svg", _drawn('<a:use href="#a"/>'))
    assert render_word(content, {})
