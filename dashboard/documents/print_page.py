"""What every list on paper shares: A4 landscape, 25 rows a page, boxes to tick, no reasons."""

from collections.abc import Sequence
from typing import Any, Final

ROWS_A_PAGE: Final = 25
BOXES: Final = ("未发现异常", "疑似", "属实", "拒不开门", "无人")
"""Results that have a box on paper."""
TICK_BOXES: Final = " ".join(f"□{box}" for box in BOXES)
LONG_NAME: Final = 14
"""Characters that a row takes without wrapping, so that a page holds all its rows."""
LOOK_PLACES: Final = 16
NOTE: Final = "在结果前的□内打√；只记人数，不记姓名；不进入、不处罚，发现情况按流程上报。"


def pages_of(lines: Sequence[Any], *, most: int = ROWS_A_PAGE) -> list[Sequence[Any]]:
    """Cut lines into pages of so many rows at most; no lines make one empty page."""
    return [lines[at : at + most] for at in range(0, max(len(lines), 1), most)]


def fitting(looks: Sequence[str]) -> str:
    """Return the first signs that fit one line of a printed row."""
    fit = list(looks[:1])
    for look in looks[1:]:
        if len("、".join([*fit, look])) <= LOOK_PLACES:
            fit.append(look)
    return "、".join(fit)
