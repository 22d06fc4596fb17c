"""Fonts with Chinese characters for pictures in papers: the machine's, or that of the program."""

from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from governance.records.rendering.fonts import CHINESE

SIMPLIFIED: Final = 2
"""Face of Noto's collections with the forms of simplified Chinese."""
_FILES: Final = (
    ("NotoSansCJK-{weight}.ttc", SIMPLIFIED), ("NotoSansCJKsc-{weight}.otf", 0),
    ("NotoSansSC-{weight}.otf", 0), ("SourceHanSansSC-{weight}.otf", 0), ("msyh{bold}.ttc", 0),
    ("simhei.ttf", 0), ("wqy-microhei.ttc", 0), ("wqy-zenhei.ttc", 0),
    ("PingFang.ttc", SIMPLIFIED), ("STHeiti Medium.ttc", 0), ("Hiragino Sans GB.ttc", 0),
)  # fmt: skip
_FOLDERS: Final = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
Font = ImageFont.FreeTypeFont


@cache
def font(size: int, *, bold: bool = False) -> Font:
    """Return a font of a height in pixels: where no other is found the program's, never bold."""
    file, face = _found(bold=bold)
    return ImageFont.truetype(str(file), size, index=face)


@cache
def _found(*, bold: bool) -> tuple[Path, int]:
    known = _installed()
    for name, face in _FILES:
        file = name.format(weight="Bold" if bold else "Regular", bold="bd" if bold else "")
        if file.lower() in known:
            return known[file.lower()], face
    return _found(bold=False) if bold else (CHINESE, 0)


@cache
def _installed() -> dict[str, Path]:
    """Return file name in lower case → file, the first found of each."""
    folders = [Path(each).expanduser() for each in _FOLDERS]
    files = [file for folder in folders if folder.is_dir() for file in folder.rglob("*.[to]t[fc]")]
    return {file.name.lower(): file for file in sorted(files, reverse=True)}
