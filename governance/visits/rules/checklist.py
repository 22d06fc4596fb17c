"""What to look for at a door: signs behind which real cases stood (domain.md §2.5).

Chosen by the kind of building, the hour and the season alone – never by a score, never by a
complaint – so that a list tells nothing about why a building is on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from risk.config.words import EVENING_FROM_HOUR

HOMES: Final = ("住宅", "商住")
OFFICES: Final = ("商务楼宇", "商住", "商铺")
MOST_SIGNS: Final = 4
NOON_HOURS: Final = range(11, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """Something to check at a door."""

    code: str
    """Its name in the catalogues (``look.<code>``)."""
    sign: str
    """The chip that records it."""
    kinds: tuple[str, ...] = ()
    """Kinds of building; empty for all."""
    times: tuple[str, ...] = ()
    """Any of ``day``, ``noon``, ``evening``; empty for all."""
    season: str = ""
    """``term``, ``break`` or empty for both."""


CHECKLIST: Final = (
    ChecklistItem(code="break_pupils", sign="学生集中出入", kinds=(*HOMES, "酒店"), season="break"),
    ChecklistItem(
        code="cars_at_dusk", sign="接送车辆", kinds=HOMES, times=("evening",), season="term"
    ),
    ChecklistItem(code="hotel_rooms", sign="学生集中出入", kinds=("酒店",)),
    ChecklistItem(code="office_names", sign="招生广告", kinds=OFFICES),
    ChecklistItem(code="lunch", sign="其他", kinds=(*HOMES, "商铺"), times=("noon",)),
    ChecklistItem(code="pupils_in_out", sign="学生集中出入"),
    ChecklistItem(code="curtains", sign="遮挡窗帘", kinds=HOMES, times=("day", "noon")),
    ChecklistItem(code="desks", sign="桌椅黑板", kinds=(*HOMES, *OFFICES, "酒店", "公建", "厂房")),
    ChecklistItem(code="door_guide", sign="学生集中出入", kinds=HOMES, times=("evening",)),
    ChecklistItem(code="adverts", sign="招生广告"),
    ChecklistItem(code="shared_room", sign="桌椅黑板", kinds=("公建", "其他", "厂房")),
    ChecklistItem(code="ask_guard", sign="物业反映"),
    ChecklistItem(code="material", sign="教辅资料"),
)
"""In the order of what tells most; the first `MOST_SIGNS` that fit are shown."""


def time_of_day(hour: int) -> str:
    """Return ``noon``, ``evening`` or ``day``."""
    if hour in NOON_HOURS:
        return "noon"
    return "evening" if hour >= EVENING_FROM_HOUR else "day"


def checklist(kind: str, *, hour: int, on_break: bool) -> tuple[str, ...]:
    """Return the codes of what to look for at a building, most telling first.

    ``kind``: kind of the building as the register says it; an unknown kind counts as a home.
    ``hour``: local hour of the visit.
    ``on_break``: whether the schools are closed then.
    """
    named = kind or HOMES[0]
    season, time = "break" if on_break else "term", time_of_day(hour)
    fitting: Sequence[ChecklistItem] = [
        look
        for look in CHECKLIST
        if (not look.kinds or named in look.kinds)
        and (not look.times or time in look.times)
        and look.season in {"", season}
    ]
    return tuple(look.code for look in fitting[:MOST_SIGNS])
