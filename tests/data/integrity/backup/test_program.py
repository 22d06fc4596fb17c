"""Rules of the program's version: a backup and a server work from a folder of the source, too."""

from importlib.metadata import PackageNotFoundError

import pytest

from data.integrity.backup import program


def _not_installed(name: str) -> str:
    raise PackageNotFoundError(name)


def test_a_program_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "version", _not_installed)
    assert program.program_version() == "not installed"
