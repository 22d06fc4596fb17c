"""Word files as PDF, by the LibreOffice that is installed, if any."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from geo.errors import GridwardenError

SECONDS: Final = 90
"""Longest that one conversion may take; the first on a machine makes a profile."""
_SAFE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""
"""Settings of a profile that fetches nothing from elsewhere, whatever a document says."""
_PROGRAMS: Final = ("soffice", "libreoffice")


class PdfError(GridwardenError):
    """A PDF that could not be made."""


def can_make_pdf() -> bool:
    """Return whether this machine has a LibreOffice that converts."""
    return _program() is not None


def to_pdf(content: bytes, *, seconds: float = SECONDS) -> bytes:
    """Return a document as PDF.

    ``content``: a .docx file.
    ``seconds``: after so long the conversion is ended.

    Raises `PdfError` when no LibreOffice is installed, it takes too long, or it cannot read the
    document.
    """
    program = _program()
    if program is None:
        raise PdfError("pdf_no_libreoffice")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        paper = Path(folder, "paper.docx")
        paper.write_bytes(content)
        output = _run(_command(program, paper), seconds=seconds)
        made = paper.with_suffix(".pdf")
        if not made.is_file():
            raise PdfError("pdf_failed", seen=output[-300:])
        return made.read_bytes()


def _program() -> str | None:
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def _command(program: str, paper: Path) -> list[str]:
    """Return a call with a profile of its own, which fetches nothing and disturbs no other."""
    profile = paper.parent / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SAFE, encoding="utf-8")
    return [
        program, f"-env:UserInstallation={profile.as_uri()}", "--headless",
        "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "pdf",
        "--outdir", str(paper.parent), str(paper),
    ]  # fmt: skip


def _run(command: list[str], *, seconds: float) -> str:
    with subprocess.Popen(  # noqa: S603 -- the program of the machine, paths of our own
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            _end(process)
            raise PdfError("pdf_too_slow", seen=seconds) from None


def _end(process: subprocess.Popen[str]) -> None:
    """End a conversion with the processes that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
