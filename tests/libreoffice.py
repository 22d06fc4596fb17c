"""What tests that look at papers as LibreOffice makes them share."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from governance.records.rendering import pdf
from governance.records.rendering.pdf import SECONDS, can_make_pdf

needs_libreoffice = pytest.mark.skipif(not can_make_pdf(), reason="no LibreOffice is installed")


def to_pdfs(papers: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Convert documents by their names as `to_pdf` does each, in one run: a run takes 2 s of CPU.

    ``folder``: empty.
    """
    program = pdf._program()
    assert program is not None
    for name, content in papers.items():
        (folder / name).write_bytes(content)
    first, *others = (folder / name for name in papers)
    said = pdf._run([*pdf._command(program, first), *map(str, others)], seconds=5 * SECONDS)
    made = {name: (folder / name).with_suffix(".pdf") for name in papers}
    assert all(each.is_file() for each in made.values()), said
    return {name: each.read_bytes() for name, each in made.items()}
