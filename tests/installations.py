"""An installation of a district and two streets below it, each with rows of its own."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from postgresql import Schema
from streets import build_street

from gridwarden.compose import place_in

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
MARKS: Mapping[str, str] = {"district": "D", "east": "A", "west": "B"}
"""Office → the mark in all its names and numbers."""
HOSTS: Mapping[str, str] = {office: f"{office}.example.cn" for office in MARKS}
VISITS: Mapping[str, int] = {"district": 1, "east": 9, "west": 3}


def build_installation(root: Path) -> Path:
    """Make the offices and the file that names them; return the file."""
    file = root / "city.toml"
    lines = []
    for office, mark in MARKS.items():
        build_street(root / office, mark, visits=VISITS[office], now=lambda: NOW)
        lines += [f"[offices.{office}]", f'folder = "{office}"', f'host = "{HOSTS[office]}"',
                  f'name = "{mark}"']  # fmt: skip
        lines += [] if office == "district" else ['parent = "district"']
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for office in MARKS:
        place_in(file, office)
    return file


@contextmanager
def on_postgresql(folder: Path, to: Path, database: Callable[[], str]) -> Iterator[Path]:
    """Copy an office, or a folder of offices, and move each store to a schema while this lasts."""
    shutil.copytree(folder, to)
    moved = []
    for settings in sorted(to.rglob("gridwarden.toml")):
        moved.append(Schema(database))
        moved[-1].take_over(settings.parent)
    yield to
    for schema in moved:
        schema.drop()
