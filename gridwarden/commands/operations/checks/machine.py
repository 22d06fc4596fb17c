"""What of the machine a server needs: versions, programs, fonts, time zones."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from gridwarden.commands.operations.checks.finding import Finding, State, judged

PYTHONS: Final = ((3, 11), (3, 13))
OLDEST_SQLITE: Final = (3, 35)
WINDOWS_FONTS: Final = Path("C:/Windows/Fonts")


def check_machine() -> Iterator[Finding]:
    """Yield what the machine has of what is needed."""
    yield _python()
    yield _packages()
    yield _sqlite()
    yield from _duckdb()
    yield _font()
    yield _office_suite()


def _python() -> Finding:
    seen = sys.version_info
    good = PYTHONS[0] <= seen[:2] <= PYTHONS[1]
    return judged("python", f"{seen.major}.{seen.minor}.{seen.micro}", good=good)


def _packages() -> Finding:
    try:
        wrong = sorted(_wrong_packages(requires("gridwarden") or ()))
    except PackageNotFoundError:
        return Finding(check="packages", state=State.WARNING, found="not_installed")
    return judged("packages", ", ".join(wrong) or "complete", good=not wrong)


def _wrong_packages(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        required = Requirement(line)
        if required.marker and not required.marker.evaluate({"extra": ""}):
            continue
        try:
            seen = version(required.name)
        except PackageNotFoundError:
            yield required.name
            continue
        if not required.specifier.contains(seen, prereleases=True):
            yield f"{required.name} {seen}"


def _sqlite() -> Finding:
    good = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    return judged("sqlite", sqlite3.sqlite_version, good=good)


def _duckdb() -> Iterator[Finding]:
    import duckdb

    try:
        answer = duckdb.connect().execute("SELECT 6 * 7").fetchone()
    except duckdb.Error as error:
        yield Finding(check="duckdb", state=State.FAULT, found=type(error).__name__)
        return
    yield judged("duckdb", duckdb.__version__, good=answer == (42,))


def _font() -> Finding:
    """Look for a font with Chinese characters, which papers as PDF and pictures need."""
    if sys.platform == "win32":
        found = sorted(path.name for path in WINDOWS_FONTS.glob("*") if path.stem in _CHINESE)
        return judged("fonts", found[0] if found else "none", good=bool(found), bad=State.WARNING)
    lister = shutil.which("fc-list")
    if lister is None:
        return Finding(check="fonts", state=State.WARNING, found="not_known")
    listed = subprocess.run(  # noqa: S603 -- a fixed command
        [lister, ":lang=zh", "family"], capture_output=True, text=True, timeout=60, check=False
    )
    count = len(listed.stdout.splitlines())
    found = "some" if count else "none"
    return judged("fonts", found, good=bool(count), bad=State.WARNING, count=count)


_CHINESE: Final = frozenset({"msyh", "simsun", "simhei", "simfang", "simkai"})


def _office_suite() -> Finding:
    from governance.records.rendering.pdf import can_make_pdf

    found = can_make_pdf()
    return judged("libreoffice", "there" if found else "none", good=found, bad=State.WARNING)
