"""The browser's scripts find each other."""

import re

from dashboard.server.assets_url import ASSETS


def test_every_script_that_another_imports_is_there() -> None:
    missing = [
        (script.name, name)
        for script in ASSETS.rglob("*.js")
        for name in re.findall(r"""["']([\w./]+\.js)["']""", script.read_text("utf-8"))
        if not (script.parent / name).exists()
    ]
    assert missing == []
