"""Let a process of its own do something for each office: no process opens two of them."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from data.workspace.installation import Installation


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAnswer:
    """What a process said of its office."""

    office: str
    code: int
    """The process's exit code."""
    out: str
    """Its answer as JSON."""
    lines: tuple[str, ...]
    """What it said to people."""


def ask_each(
    installation: Installation, file: Path, command: str, *, language: str
) -> list[OfficeAnswer]:
    """Run a command for each office, those below before those above.

    ``command``: of the command line; empty to tell the figures.
    ``language``: of what the processes say.
    """
    return [
        _ask(key, _arguments(installation, file, key, command, language))
        for key in reversed([*installation.offices])
    ]


def _arguments(
    installation: Installation, file: Path, key: str, command: str, language: str
) -> list[str]:
    folder = str(installation.folder(key))
    if not command:
        return ["gridwarden.processes.office_process", "--installation", str(file),
                "--office", key, "--figures", folder]  # fmt: skip
    return ["gridwarden", "--language", language, "-w", folder, command]


def _ask(office: str, arguments: list[str]) -> OfficeAnswer:
    command = [sys.executable, "-m", *arguments]
    as_json = ["--json"] if arguments[0] == "gridwarden" else []
    ran = subprocess.run([*command, *as_json], check=False, capture_output=True, text=True)  # noqa: S603 -- our own program
    lines = ran.stderr.splitlines() if ran.returncode else []
    return OfficeAnswer(office=office, code=ran.returncode, out=ran.stdout, lines=tuple(lines))
