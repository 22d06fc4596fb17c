"""Write addresses the way callers do: short, full, misspelt, by the old name, or vaguely."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Ints, Objects
from simulation.city import names
from simulation.city.addresses import chinese_number
from simulation.city.city import City

_FULL_WIDTH = str.maketrans("0123456789-#", "０１２３４５６７８９－＃")
_RIGHT, _WRONG = "园庭湖苑城花馨府岸梅康福锦桂泉阳雅宁", "圆亭胡院成化鑫付案枚唐富绵贵全杨稚凝"
_SOUNDS_ALIKE = dict(zip(_RIGHT, _WRONG, strict=True))
_NUMBERED = re.compile(r"(\d+)(?:号楼|栋|幢)")


@dataclass(frozen=True, slots=True)
class Spot:
    """What a caller knows of one place: its building, and the room or 0."""

    street: str
    community: str
    road: str
    road_no: int
    estate: str
    building_no: str
    alias: str
    stairwell: int
    floor: int
    room: int
    dice: int

    @property
    def number(self) -> str:
        """Return the digits of an estate building such as 12号楼, or nothing."""
        found = _NUMBERED.fullmatch(self.building_no)
        return found[1] if found and self.estate else ""

    @property
    def door(self) -> str:
        """Return stairwell and room in words, or nothing."""
        if not self.room:
            return ""
        return (f"{self.stairwell}单元" if self.stairwell else "") + f"{self.room}室"

    @property
    def body(self) -> str:
        """Return estate and building, or road and number where there is no estate."""
        if not self.estate:
            return f"{self.road}{self.road_no}号"
        return self.estate + ("" if self.building_no == "主楼" else self.building_no)


Style = tuple[str, float, "Callable[[Spot], str]"]


def _dash(spot: Spot) -> str:
    parts = [spot.number, *([str(spot.stairwell)] if spot.stairwell else []), str(spot.room)]
    return f"{spot.estate}{'-'.join(parts)}"


def _misspelt(spot: Spot) -> str:
    name = spot.estate or spot.road
    alike = [i for i, c in enumerate(name) if c in _SOUNDS_ALIKE]
    if alike:
        at = alike[spot.dice % len(alike)]
        wrong = name[:at] + _SOUNDS_ALIKE[name[at]] + name[at + 1 :]
    else:
        wrong = name[:1] + name[0] + name[1:]
    return spot.body.replace(name, wrong, 1) + spot.door


def _chinese(spot: Spot) -> str:
    stairwell = f"{chinese_number(spot.stairwell)}单元" if spot.stairwell else ""
    return f"{spot.estate}{chinese_number(int(spot.number))}号楼{stairwell}"


def _next_to(spot: Spot) -> str:
    name = spot.estate or f"{spot.road}{spot.road_no}号"
    words = ("南门对面", "北门旁边", "附近", "门口往东100米", "后面的楼上", "对过二楼")
    return name + words[spot.dice % len(words)]


def _two(spot: Spot) -> str:
    return f"{spot.estate}{spot.number}号楼；{spot.estate}{int(spot.number) + 1}号楼"


def _junk(spot: Spot) -> str:
    tails = ("，电话13800009999", "----", " 邮编271000", "（详见附件）", "。。", "（尽快处理）")
    return f"{spot.street}{spot.street}{spot.body}{spot.door}{tails[spot.dice % len(tails)]}"


def _with_road(spot: Spot) -> str:
    return f"{spot.road}{spot.road_no}号{spot.body if spot.estate else ''}{spot.door}"


def _full(spot: Spot) -> str:
    top = f"{names.PROVINCE}{names.CITY}{names.DISTRICT}{spot.street}{spot.community}"
    return top + _with_road(spot)


_PLAIN_STYLES: tuple[Style, ...] = (
    ("short", 30, lambda s: s.body + s.door),
    ("short_building", 14, lambda s: s.body),
    ("with_road", 10, _with_road),
    ("full", 9, _full),
    ("with_community", 8, lambda s: f"{s.community}{s.body}{s.door}"),
    ("full_width", 4, lambda s: (s.body + s.door).translate(_FULL_WIDTH)),
    ("misspelt", 5, _misspelt),
    ("spaced", 3, lambda s: f"{names.DISTRICT} {s.street} {s.body} {s.door}".strip()),
    ("junk", 3, _junk),
    ("beside", 5, _next_to),
    ("crossing", 2, lambda s: f"{s.road}与{s.community[:-2]}路交叉口"),
    ("estate_only", 4, lambda s: s.estate or s.road),
    ("vague", 3, lambda s: f"{s.community}辖区内"),
)
_NUMBERED_STYLES: tuple[Style, ...] = (
    ("dash", 22, _dash),
    ("block_word", 9, lambda s: f"{s.estate}{s.number}{'栋幢座'[s.dice % 3]}{s.door}"),
    ("hash", 6, lambda s: f"{s.estate}{s.number}#{'楼' if s.dice % 2 else ''}{s.room or ''}"),
    ("chinese", 6, _chinese),
    ("alias", 9, lambda s: f"{s.alias or s.estate}{s.number}号楼{s.door}"),
    ("range", 2, lambda s: f"{s.estate}{s.number}号楼{s.room}-{s.room + 1}室"),
    ("floor", 3, lambda s: f"{s.estate}{s.number}号楼{s.floor}楼"),
    ("two", 1.5, _two),
    ("bracket", 2, lambda s: f"（{s.community}）{s.estate}{s.number}号楼{s.door}"),
)
STYLES: Mapping[str, Callable[[Spot], str]] = {n: f for n, _, f in _PLAIN_STYLES + _NUMBERED_STYLES}
_NEEDS_ROOM = frozenset({"range", "floor", "dash"})
_SAYS_WHERE = frozenset({"full", "with_road", "with_community", "bracket"})
_LEVELS = {
    "beside": "cell",
    "crossing": "cell",
    "estate_only": "estate",
    "vague": "community",
    "two": "estate",
}
_NO_ROOM = frozenset({"short_building", "chinese", "floor", "range"})
NEAT = ("short", "with_road", "full", "with_community", "full_width", "misspelt")
"""The styles of an office's own clerks, who know where they are."""


def say_addresses(
    city: City,
    building: Ints,
    rooms: pd.DataFrame,
    *,
    rng: np.random.Generator,
    only: tuple[str, ...] = tuple(STYLES),
) -> pd.DataFrame:
    """Return `text`, `style`, `building_id`, `room` and `level` for each building row.

    `rooms` has stairwell, floor and room (0 unknown), aligned with `building`. A name that two
    estates share counts for no building unless the words also say which street or community.
    """
    b = city.buildings.iloc[building]
    community = city.communities.iloc[b["community"]]
    spots = [
        Spot(*values)
        for values in zip(
            community["street"], community["community"], b["road"], b["road_no"], b["estate"],
            b["building_no"], b["aliases"], rooms["stairwell"], rooms["floor"], rooms["room"],
            rng.integers(0, 1_000, len(b)), strict=True,
        )
    ]  # fmt: skip
    styles = _choose_styles(spots, only=only, rng=rng)
    level, room = _expected(city, b, spots, styles)
    sure = np.isin(level, ["room", "building"])
    return pd.DataFrame(
        {
            "text": [STYLES[style](spot) for style, spot in zip(styles, spots, strict=True)],
            "style": styles,
            "building_id": np.where(sure, b["building_id"].to_numpy(), ""),
            "room": room,
            "level": level,
        }
    )


def _choose_styles(
    spots: list[Spot], *, only: tuple[str, ...], rng: np.random.Generator
) -> Objects:
    """Draw a style for each spot among those that its building and room allow."""
    numbered = np.array([bool(s.number) for s in spots], dtype=bool)
    roomed = np.array([s.room > 0 for s in spots], dtype=bool)
    chosen = np.full(len(spots), "", dtype=object)
    for kind, room in ((True, True), (True, False), (False, True), (False, False)):
        rows = np.flatnonzero((numbered == kind) & (roomed == room))
        pool = _PLAIN_STYLES + (_NUMBERED_STYLES if kind else ())
        fit = [(n, w) for n, w, _ in pool if n in only and (room or n not in _NEEDS_ROOM)]
        weights = np.array([w for _, w in fit])
        drawn = rng.choice(len(fit), len(rows), p=weights / weights.sum())
        chosen[rows] = np.array([n for n, _ in fit], dtype=object)[drawn]
    return chosen


def _expected(
    city: City, b: pd.DataFrame, spots: list[Spot], styles: Objects
) -> tuple[Objects, Objects]:
    """Return the surest level the words allow and the room they name."""
    homes = city.buildings.groupby("estate")["community"].transform("nunique")
    shared = ((homes > 1) & (city.buildings["estate"] != "")).to_numpy()[b.index.to_numpy()]
    room = np.array(
        [
            str(s.room) if s.room and style not in _NO_ROOM and style not in _LEVELS else ""
            for s, style in zip(spots, styles, strict=True)
        ],
        dtype=object,
    )
    level = np.where(room != "", "room", "building").astype(object)
    for style, value in _LEVELS.items():
        level[styles == style] = value
    vague = shared & ~np.isin(styles, list(_SAYS_WHERE)) & np.isin(level, ["room", "building"])
    level[vague] = "estate"
    return level, room
