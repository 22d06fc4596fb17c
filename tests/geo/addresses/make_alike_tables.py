"""Make ``geo/addresses/spelling/alike.toml``: which characters sound alike and which look alike.

Needs pypinyin (readings) and Pillow with Noto Sans CJK (shapes), neither of which the project
itself needs; run it by hand: ``python tests/geo/addresses/make_alike_tables.py FONT > ALIKE``.
Sounds cover GB 2312 (6,763 characters), shapes its 3,755 common ones: the pairs whose blurred
images correlate best.
"""

import sys
from collections import defaultdict

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypinyin import lazy_pinyin

PAIRS = 3_200
LINE_CHARACTERS = 49  # of a line of pairs; each two columns wide
LEVEL_1, LEVEL_2 = range(0xB0, 0xD8), range(0xD8, 0xF8)


def characters(rows: range) -> list[str]:
    """Return the characters of GB 2312 in some of its rows."""
    found = []
    for row in rows:
        for cell in range(0xA1, 0xFF):
            try:
                found.append(bytes([row, cell]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def sound_lines() -> list[str]:
    """Return one line of TOML per syllable, with its characters."""
    by_sound = defaultdict(list)
    for character in characters(LEVEL_1) + characters(LEVEL_2):
        by_sound[lazy_pinyin(character)[0]].append(character)
    return [f'{sound} = "{"".join(group)}"' for sound, group in sorted(by_sound.items())]


def picture(character: str, font: ImageFont.FreeTypeFont) -> np.ndarray:
    """Return a small blurred picture of a character as a unit vector."""
    image = Image.new("L", (56, 60))
    ImageDraw.Draw(image).text((4, -6), character, font=font, fill=255)
    small = image.filter(ImageFilter.GaussianBlur(1.6)).resize((28, 30))
    vector = np.asarray(small, float).ravel()
    vector -= vector.mean()
    return vector / np.linalg.norm(vector)


def shape_lines(font_path: str) -> list[str]:
    """Return the pairs that look most alike, best first."""
    font = ImageFont.truetype(font_path, 48, index=2)
    common = characters(LEVEL_1)
    pictures = np.array([picture(character, font) for character in common])
    alike = np.triu(pictures @ pictures.T, k=1)
    best = np.argsort(-alike, axis=None, kind="stable")[:PAIRS]
    text = "".join(common[k // len(common)] + common[k % len(common)] for k in best)
    return [text[start : start + LINE_CHARACTERS] for start in range(0, len(text), LINE_CHARACTERS)]


if __name__ == "__main__":
    sys.stdout.write(
        "# Which characters sound alike and which look alike.\n"
        "# Made by `tests/geo/addresses/make_alike_tables.py`; do not edit.\n\n"
        "# Pairs of characters whose pictures correlate best, best first.\n"
        'shapes = """\n' + "\n".join(shape_lines(sys.argv[1])) + '\n"""\n\n'
        "# Each syllable without its tone, with the GB 2312 characters read so.\n"
        "[sounds]\n" + "\n".join(sound_lines()) + "\n"
    )
