"""Which Word files are taken as templates: whole, of ordinary size, asking for nothing outside."""

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lxml import etree

from geo.errors import GridwardenError

MOST_MEGABYTES: Final = 20
"""Size of the largest template, as a file and unpacked."""
_MEGABYTE: Final = 2**20
_FETCHES: Final = re.compile(
    r"\b(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|DDE|LINK|DATABASE)\b"
    r"|(?<![\w/.-])(INCLUDE|IMPORT|RD)(?=\s)",  # as of old, also words of an address
    re.IGNORECASE,
)
_ACTIVE: Final = ("vbaproject", "/embeddings/", "/activex/", "/afchunk")
_ACTIVE_KINDS: Final = ("/afchunk", "/control", "/oleobject", "/package", "/subdocument",
                        "/vbaproject")  # fmt: skip
"""Ends of types of relationships to what runs or is read in, wherever in the document it lies."""
_ACTIVE_ELEMENTS: Final = frozenset({"altChunk", "mailMerge", "subDoc"})
_POINTING: Final = frozenset({"link", "href", "src"})
_WITHIN: Final = ("#", "data:")
_OLD_ADDRESS: Final = "{urn:schemas-microsoft-com:office:office}href"
"""Where a picture was copied from; nothing is fetched there."""
_LINK: Final = "/hyperlink"
"""End of the type of a relationship that a reader follows by hand."""
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_MOST_KNOWN: Final = 256
_harmless: Final[dict[bytes, None]] = {}
"""Hashes of the last templates that were looked through and may be used."""


class TemplateError(GridwardenError):
    """A Word template that cannot be used."""


def read_template(template: Path | bytes) -> bytes:
    """Return the content of a Word file that may be filled in.

    ``template``: a .docx file, or its content.

    Raises `TemplateError` when it is no whole .docx of at most 20 MB, packed and unpacked, holds
    macros or embedded files, or fetches anything from elsewhere; links that a reader follows by
    hand are no harm.
    """
    content = template if isinstance(template, bytes) else template.read_bytes()
    digest = hashlib.sha256(content).digest()
    if digest not in _harmless:
        _look_through(content)
        _harmless[digest] = None
        for known in list(_harmless)[:-_MOST_KNOWN]:
            _harmless.pop(known, None)
    return content


def _look_through(content: bytes) -> None:
    """Refuse what `read_template` refuses."""
    _check_size(len(content))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            if "word/document.xml" not in names:
                raise TemplateError("template_not_word", seen=names[:3])
            _check_size(sum(each.file_size for each in package.infolist()))
            found = sorted({reason for name in names for reason in _refused(package, name)})
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise TemplateError("template_not_word", seen=str(error)) from error
    if found:
        raise TemplateError("template_fetches", seen=found)


def _check_size(size: int) -> None:
    if size > MOST_MEGABYTES * _MEGABYTE:
        raise TemplateError(
            "template_too_large", seen=f"{size / _MEGABYTE:.1f}", expected=MOST_MEGABYTES
        )


def _refused(package: zipfile.ZipFile, name: str) -> list[str]:
    """Name what of one part would run or would be fetched."""
    if any(word in f"/{name.lower()}" for word in _ACTIVE):
        return [name]
    content, marked_up = package.read(name), name.lower().endswith((".xml", ".rels"))
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        if marked_up:
            raise TemplateError("template_not_word", seen=str(error)) from error
        return []
    if root.getroottree().docinfo.doctype:  # its entities could hide any word
        return [name]
    parts = list(root.iter(etree.Element))
    fetched = (name for part in parts if _is_fetched(part) or _is_active(part))
    return [*fetched, *_fetching_fields(parts)]


def _is_fetched(part: etree._Element) -> bool:
    """Say whether a part leads out of the document without a hand that follows it."""
    if part.get("TargetMode", "").strip().lower() == "external":
        return not part.get("Type", "").endswith(_LINK)
    return any(
        _local(name) in _POINTING and name != _OLD_ADDRESS and not value.startswith(_WITHIN)
        for name, value in part.attrib.items()
    )


def _is_active(part: etree._Element) -> bool:
    """Say whether a part is something that runs, or reads another document in."""
    kind = part.get("Type", "").strip().lower()
    return _local(part.tag) in _ACTIVE_ELEMENTS or kind.endswith(_ACTIVE_KINDS)


def _fetching_fields(parts: Sequence[etree._Element]) -> list[str]:
    """Return the words of fields that fetch something, also of those that are cut into pieces."""
    instructions = [part.text or "" for part in parts if _local(part.tag) == "instrText"]
    whole = [
        value for part in parts for key, value in part.attrib.items() if _local(key) == "instr"
    ]
    found = (_FETCHES.findall(each) for each in (*instructions, "".join(instructions), *whole))
    return [word.upper() for words in found for pair in words for word in pair if word]


def _local(name: str) -> str:
    return name.rpartition("}")[2]
