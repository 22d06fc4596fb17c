"""The browser's scripts find each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.server.assets_url import ASSETS

SCRIPTS = sorted(ASSETS.rglob("*.js"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_that_another_imports_is_there(script: Path) -> None:
    text = script.read_text("utf-8")
    names = re.findall(r"""["']([\w./]+\.js)["']""", text)
    here = script.parent
    assert [name for name in names if not (here / name).exists()] == []
