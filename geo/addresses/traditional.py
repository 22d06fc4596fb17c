"""Turn traditional characters into the simplified ones, where no simplified text holds them."""

from typing import Final

import opencc


def _pairs() -> dict[int, str]:
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    plain = opencc.OpenCC("t2s").convert("".join(every))
    both = zip(every, plain, strict=True)
    return {ord(old): new for old, new in both if old != new and not _is_simplified(old)}


def _is_simplified(character: str) -> bool:
    return len(character.encode("gb2312", "ignore")) > 0


SIMPLIFIED: Final = _pairs()
"""Code of a traditional character that GB 2312 lacks → its simplified form."""
