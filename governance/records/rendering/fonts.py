"""The Chinese font that comes with the program, alike on every machine.

WenQuanYi Micro Hei: TrueType, 34,600 characters (all of GBK), Apache License 2.0, free to embed.
"""

from importlib.resources import files
from pathlib import Path
from typing import Final

CHINESE: Final = Path(str(files("paperang_p2_fonts_cjk"))) / "fonts" / "wqy-microhei.ttc"
"""A collection, whose first face has Latin letters of their own widths."""
