"""Word templates, which the office edits, filled in with values.

A placeholder is ``{{ name }}``; a table's row is repeated by ``{%tr for row in rows %}`` and
``{%tr endfor %}`` in rows of their own, a paragraph by ``{%p for … %}``. A template may read
values, repeat over them and ask whether they are there. It may do nothing else: no call, no
arithmetic, no import, no attribute of a Python object, so one that comes from elsewhere is no harm.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from docx.oxml.exceptions import InvalidXmlError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import ChainableUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from governance.records.rendering.template_files import TemplateError, read_template

DEEPEST_LOOP: Final = 2
_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.For, nodes.If, nodes.Test, nodes.Filter, nodes.Const, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat,
)  # fmt: skip
_FILTERS: Final = ("length", "join", "trim", "upper", "lower", "first", "last")
_HEADERS_AND_FOOTERS: Final = (DocxTemplate.HEADER_URI, DocxTemplate.FOOTER_URI)
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML cannot hold, and those that would break a page."""
_WHEN: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a value."""

    png: bytes
    width_mm: float
    """How wide it stands on the page; its height follows."""


def placeholders_of(template: Path | bytes) -> frozenset[str]:
    """Return the names that a template asks for, from its text, headers and footers.

    Raises `TemplateError` when it is no Word file that may be used, or what stands in its braces
    cannot be read.
    """
    document = _opened(template)
    read = (_parsed(source) for source in _sources(document))
    return frozenset().union(*map(find_undeclared_variables, read))


def render_word(template: Path | bytes, values: Mapping[str, object]) -> bytes:
    """Fill a Word template in.

    ``template``: a .docx file, or its content.
    ``values``: by name: text, numbers, `Picture`, lists and mappings of these. None stands as
    nothing. Texts stay texts, whatever is in them; a line break stays one.

    Returns a .docx file; the same template and values give the same bytes.

    Raises `TemplateError` as for `placeholders_of`, and when it asks for names that are not among
    the values: all of them are named.
    """
    unknown = placeholders_of(template) - values.keys()
    if unknown:
        raise _unknown(unknown, values)
    document = _opened(template)
    missed: set[str] = set()
    try:
        document.render(_given(values, document), _environment(missed))
    except (SecurityError, TemplateRuntimeError, TypeError, etree.XMLSyntaxError) as error:
        raise TemplateError("template_broken", seen=[str(error)], near="–") from error
    if missed:
        raise _unknown(missed, values)
    filled = io.BytesIO()
    document.save(filled)
    return _dated_alike(filled.getvalue())


def _unknown(names: Iterable[str], values: Mapping[str, object]) -> TemplateError:
    return TemplateError(
        "template_unknown_placeholders", seen=sorted(names), expected=", ".join(sorted(values))
    )


def _opened(template: Path | bytes) -> DocxTemplate:
    content = read_template(template)
    document = DocxTemplate(io.BytesIO(content))
    try:
        document.init_docx()
    except (KeyError, ValueError, InvalidXmlError, etree.XMLSyntaxError) as error:
        raise TemplateError("template_not_word", seen=str(error)) from error
    return document


def _sources(document: DocxTemplate) -> Iterator[str]:
    """Give every text of a document in which braces are filled in."""
    yield document.patch_xml(document.get_xml())
    for kind in _HEADERS_AND_FOOTERS:
        for _, part in document.get_headers_footers(kind):
            yield document.patch_xml(document.get_part_xml(part))
    for part in document.docx.part.package.parts:
        if part.content_type.endswith(".footnotes+xml"):
            yield document.patch_xml(part.blob.decode("utf-8"))
    properties = document.docx.core_properties
    names = ("author", "comments", "identifier", "language", "subject", "title")
    yield "\n".join(str(getattr(properties, name)) for name in names)


def _parsed(source: str) -> nodes.Template:
    """Read what stands in the braces; what is more than reading values is refused."""
    environment = _environment(set())
    try:
        template = environment.parse(source)
        refused = {type(each).__name__ for each in template.find_all(nodes.Node)
                   if not isinstance(each, _ALLOWED)}  # fmt: skip
        if refused or _depth(template) > DEEPEST_LOOP:
            raise TemplateError("template_does_more", seen=sorted(refused or {"For"}))
        environment.compile(source)  # knows its filters; computes constants, so not earlier
    except TemplateSyntaxError as error:
        lines = [*source.splitlines(), ""]
        near = re.sub(r"<[^>]+>", "", lines[min(error.lineno, len(lines)) - 1])
        messages = [str(error.message)]
        raise TemplateError("template_broken", seen=messages, near=near[:200]) from error
    return template


def _depth(node: nodes.Node) -> int:
    """Return how many loops stand in each other."""
    inner = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return inner + isinstance(node, nodes.For)


class _ValuesOnly(SandboxedEnvironment):
    """Read members of mappings, items of lists and what a loop tells of itself; call nothing."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 -- as Jinja's
        if isinstance(obj, LoopContext):
            return super().getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 -- as Jinja's
        if isinstance(obj, Mapping | list | tuple):
            try:
                return obj[argument]
            except (KeyError, IndexError, TypeError):
                pass
        return self.undefined(obj=obj, name=argument)


def _environment(missed: set[str]) -> SandboxedEnvironment:
    """Return what fills in; names that were asked for in vain are added to ``missed``."""

    class Missed(ChainableUndefined):
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- as Jinja's
            super().__init__(*args, **kwargs)
            missed.add(str(self._undefined_name))

    environment = _ValuesOnly(autoescape=True, undefined=Missed, finalize=_legal)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def _legal(value: Any) -> Any:  # noqa: ANN401 -- values are of any kind
    if value is None:
        return ""
    return _ILLEGAL.sub("", value) if type(value) is str else value


def _given(value: Any, document: DocxTemplate) -> Any:  # noqa: ANN401 -- as above
    if isinstance(value, Picture):
        return InlineImage(document, io.BytesIO(value.png), width=Mm(value.width_mm))
    if isinstance(value, Mapping):
        return {name: _given(each, document) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_given(each, document) for each in value]
    return value


def _dated_alike(content: bytes) -> bytes:
    """Write a package again with one date for all its parts."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as alike,
    ):
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            alike.writestr(info, source.read(name))
    return target.getvalue()
