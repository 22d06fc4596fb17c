"""Which Word files are taken as templates: whole, of ordinary size, asking for nothing outside."""

import io
import re
import zipfile
from pathlib import Path
from typing import Final

from geo.errors import GridwardenError

MOST_MEGABYTES: Final = 20
"""Size of the largest template, as a file and unpacked."""
_MEGABYTE: Final = 2**20
_FETCHES: Final = re.compile(rb"\b(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|DDE|LINK|DATABASE)\b")
_FIELD: Final = re.compile(rb"<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)\"")
_OUTSIDE: Final = re.compile(rb"<Relationship\b[^>]*TargetMode=\"External\"[^>]*>")
_ACTIVE: Final = ("vbaProject", "/embeddings/", "/activeX/")


class TemplateError(GridwardenError):
    """A Word template that cannot be used."""


def read_template(template: Path | bytes) -> bytes:
    """Return the content of a Word file that may be filled in.

    Parameters
    ----------
    template
        A .docx file, or its content.

    Raises
    ------
    TemplateError
        When it is no whole .docx of at most 20 MB, packed and unpacked, holds macros or embedded
        files, or fetches anything from elsewhere; links that a reader follows by hand are no harm.
    """
    content = template if isinstance(template, bytes) else template.read_bytes()
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
    return content


def _check_size(size: int) -> None:
    if size > MOST_MEGABYTES * _MEGABYTE:
        raise TemplateError(
            "template_too_large", seen=f"{size / _MEGABYTE:.1f}", expected=MOST_MEGABYTES
        )


def _refused(package: zipfile.ZipFile, name: str) -> list[str]:
    """Name what of one part would run or would be fetched."""
    if any(word in f"/{name}" for word in _ACTIVE):
        return [name]
    if not name.endswith((".xml", ".rels")):
        return []
    text = package.read(name)
    outside = [each for each in _OUTSIDE.findall(text) if b'/hyperlink"' not in each]
    fields = b" ".join(b" ".join(each) for each in _FIELD.findall(text)).upper()
    return [*(name for _ in outside), *(each.decode() for each in _FETCHES.findall(fields))]
