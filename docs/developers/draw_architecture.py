"""Draw the packages, their folders and who imports whom, from the imports themselves.

    python docs/developers/draw_architecture.py

writes ``docs/pictures/architecture.svg``; `tests/test_structure.py` asks whether it is up to date.
A row holds what has an equal longest chain of imports below it, so every arrow points down. Arrows
are drawn between packages; inside a package a folder imports from folders in rows below it.
"""

import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
PACKAGES = ("gridwarden", "dashboard", "simulation", "governance", "risk", "data", "geo")
ROWS = (("gridwarden",), ("dashboard", "simulation"), ("governance",), ("risk",), ("data",),
        ("geo",))  # fmt: skip
PURPOSES = {
    "gridwarden": "command line, environment, demonstration",
    "dashboard": "what is seen",
    "simulation": "a city to try it on",
    "governance": "what is done, and who may",
    "risk": "what is likely",
    "data": "what is known",
    "geo": "where it is",
}
BY_FILE = {"data": ("workspace", "derived")}
"""Folders with files at both ends of their package: drawn at the row of their upper end."""

WIDTH, MARGIN, PAD = 980, 14, 12
LINE, HEAD, GAP = 26, 40, 30
LETTER = 7.3
"""Width of a letter of the names, in pixels; a box is made for its text."""
STYLE = (
    "text{font:13px 'DejaVu Sans Mono',Consolas,monospace;fill:#1f2937}"
    ".name{font-weight:700;font-size:15px}.said{fill:#4b5563}"
    ".room{fill:#f8fafc;stroke:#475569}.part{fill:#e0ecf8;stroke:#7c9cbf}"
    ".file{fill:#ffffff;stroke:#cbd5e1}path{stroke:#475569;fill:none;stroke-width:1.6}"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A package on the page: where it is, in pixels, and its entries row by row, from above."""

    name: str
    left: float
    top: float
    width: float
    rows: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> float:
        """Return how much its rows need."""
        return HEAD + LINE * len(self.rows) + PAD

    @property
    def middle(self) -> float:
        """Return where its arrows begin and end."""
        return self.left + self.width / 2


def picture() -> str:
    """Return the picture as SVG; the same imports give the same text."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    boxes = _boxes({name: _rows_of(graph, name) for name in PACKAGES})
    height = max(box.top + box.height for box in boxes.values()) + MARGIN
    parts = [
        (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'width="{WIDTH}" height="{height:g}" role="img" aria-label="{escape(_label(boxes))}">'),
        f"<style>{STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        ('<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#475569"/>'
        "</marker></defs>"),
        *(_arrow(boxes[upper], boxes[lower]) for upper, lower in pairwise(_spine())),
        *(_arrow(boxes[upper], boxes[lower]) for upper, lower in (("gridwarden", "simulation"),
                                                                 ("simulation", "governance"))
          if _imports(graph, upper, lower)),
        *(_drawn(box, graph) for box in boxes.values()),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _spine() -> list[str]:
    return [row[0] for row in ROWS]


def _imports(graph: grimp.ImportGraph, upper: str, lower: str) -> bool:
    return graph.direct_import_exists(importer=upper, imported=lower, as_packages=True)


def _rows_of(graph: grimp.ImportGraph, package: str) -> tuple[tuple[str, ...], ...]:
    """Return the entries of a package by the longest chain of imports below them."""
    children = sorted(graph.find_children(package))
    below = {
        one: {other for other in children if other != one and _imports(graph, one, other)}
        for one in children
    }
    for folder in BY_FILE.get(package, ()):
        for imported in below.values():
            imported.discard(f"{package}.{folder}")
    level = _levels(below)
    rows: dict[int, list[str]] = {}
    for name in children:
        rows.setdefault(level[name], []).append(name.removeprefix(f"{package}."))
    lines = [tuple(rows[number]) for number in sorted(rows, reverse=True)]
    return tuple(short for line in lines for short in _broken(line, package))


def _broken(names: tuple[str, ...], package: str) -> list[tuple[str, ...]]:
    """Break a row that is wider than its package's box."""
    room = _width_of(package) - 2 * PAD
    lines: list[tuple[str, ...]] = [()]
    for name in names:
        if sum(map(_wide, (*lines[-1], name))) > room:
            lines.append(())
        lines[-1] = (*lines[-1], name)
    return lines


def _levels(below: Mapping[str, AbstractSet[str]]) -> dict[str, int]:
    """Return how long the longest chain below each is; what goes in a circle shares the top."""
    level: dict[str, int] = {}
    while ready := [n for n in below if n not in level and below[n] <= level.keys()]:
        level |= {n: 1 + max((level[i] for i in below[n]), default=0) for n in ready}
    top = 1 + max(level.values(), default=0)
    return {name: level.get(name, top) for name in below}


def _width_of(package: str) -> float:
    row = next(each for each in ROWS if package in each)
    whole = WIDTH - 2 * MARGIN
    if len(row) == 1:
        return whole
    return (whole - GAP) * (0.62 if package == row[0] else 0.38)


def _boxes(rows: Mapping[str, tuple[tuple[str, ...], ...]]) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    top = float(MARGIN)
    for names in ROWS:
        left = float(MARGIN)
        for name in names:
            boxes[name] = Box(name, left, top, _width_of(name), rows[name])
            left += _width_of(name) + GAP
        top += max(boxes[name].height for name in names) + GAP
    return boxes


def _wide(name: str) -> float:
    return len(name) * LETTER + 22


def _drawn(box: Box, graph: grimp.ImportGraph) -> str:
    frame = (
        f'<rect class="room" x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="6"/>'
        f'<text class="name" x="{box.left + PAD:g}" y="{box.top + 25:g}">{box.name}/</text>'
        f'<text class="said" x="{box.left + PAD + 9.4 * len(box.name) + 22:g}" '
        f'y="{box.top + 25:g}">{escape(PURPOSES[box.name])}</text>'
    )
    entries = []
    for number, names in enumerate(box.rows):
        left, top = box.left + PAD, box.top + HEAD + LINE * number
        for name in names:
            folder = bool(graph.find_children(f"{box.name}.{name}"))
            width = _wide(name) - 8
            entries.append(
                f'<rect class="{"part" if folder else "file"}" x="{left:g}" y="{top:g}" '
                f'width="{width:g}" height="{LINE - 5}" rx="3"/>'
                f'<text x="{left + 7:g}" y="{top + 15:g}">{escape(name)}</text>'
            )
            left += _wide(name)
    return frame + "".join(entries)


def _arrow(upper: Box, lower: Box) -> str:
    at = min(max(upper.middle, lower.left + PAD), lower.left + lower.width - PAD)
    return (
        f'<path d="M{at:g} {upper.top + upper.height:g}V{lower.top - 1:g}" marker-end="url(#end)"/>'
    )


def _label(boxes: Mapping[str, Box]) -> str:
    return "Imports point down: " + "; ".join(
        f"{name} ({', '.join(part for row in box.rows for part in row)})"
        for name, box in boxes.items()
    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # draw this clone, whatever is installed
    PICTURE.write_text(picture(), encoding="utf-8")
    sys.stdout.write(f"{PICTURE}\n")
