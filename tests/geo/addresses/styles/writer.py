"""Write addresses in the styles of ten regions, with the building that each means.

Nothing here is imported from ``geo``. A register of about sixty buildings is made for each region
of ``regions.toml``: estates with numbered buildings, some behind a gate of a road, work units'
yards, towers with and without letters, and houses on roads. ``truth`` is known by construction:
the form decides whether a careful person with the register at hand would name a building.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

REGIONS: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("regions.toml").read_text(encoding="utf-8")
)
SENTENCES = REGIONS.pop("sentences")
BEFORE, BEHIND = SENTENCES["before"], SENTENCES["behind"]
GATES = ("东门", "南门", "西门", "北门", "正门", "北门进去", "大门口")
RELATIVES = ("对面", "旁边", "附近", "隔壁", "门口", "往东50米", "北侧")
STALLS = ("号摊位", "号摊", "号档口", "号柜台", "号铺位", "号商铺", "号门面", "号车位")


@dataclass(frozen=True)
class House:
    """One building of a region's register."""

    building_id: str
    estate: str
    number: str
    street: str
    community: str
    gate: str
    kind: str

    def as_registered(self, region: dict[str, Any]) -> dict[str, Any]:
        """Return what the register of a region holds of it."""
        top = f"{region['city']}市{region['district']}区{self.street}街道"
        name = f"{self.gate}{self.estate}{self.number}"
        return {"building_id": self.building_id, "estate": self.estate,
                "building_no": self.number, "std_address": top + name,
                "street": f"{self.street}街道", "community": f"{self.community}社区"}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """One address, its region, its form and what it means."""

    text: str
    truth: str
    region: str
    form: str


def houses_of(name: str) -> list[House]:
    """Return the register of a region."""
    region = REGIONS[name]
    made: list[House] = []

    def add(estate: str, number: str, at: int, gate: str, kind: str) -> None:
        street = region["streets"][at % len(region["streets"])]
        community = region["communities"][at % len(region["communities"])]
        made.append(House(f"{name}{len(made)}", estate, number, street, community, gate, kind))

    for at, estate in enumerate(region["estates"]):
        gate = f"{region['roads'][at % 4]}{120 + 11 * at}号" if at % 2 == 0 else ""
        for number in (1, 2, 3, 5, 6, 8, 12, 15):
            add(estate, f"{number}{region['word']}", at, gate, "estate")
    for at, unit in enumerate(region["units"]):
        for number in (1, 2, 4):
            add(unit, f"{number}{region['word']}", at + 1, "", "unit")
    add(region["towers"][0], "", 0, f"{region['roads'][1]}200号", "tower")
    for letter in "AB":
        add(region["towers"][1], f"{letter}座", 1, f"{region['roads'][2]}300号", "letters")
    for at, door in enumerate(region["doors"]):
        add("", f"{region['roads'][3]}{door}", at, "", "door")
    return made


class StyleWriter:
    """Writes addresses of one region."""

    def __init__(self, rng: np.random.Generator, name: str) -> None:
        self.rng, self.name, self.region = rng, name, REGIONS[name]
        self.houses = houses_of(name)
        self.forms: list[Callable[[], tuple[str, str]]] = [
            self.plain, self.bare_areas, self.bare_areas, self.with_gate, self.gate_alone,
            self.community_behind, self.community_before, self.gate_behind, self.gate_before,
            self.in_brackets, self.yard, self.yard, self.door, self.door_with_areas, self.dashes,
            self.dashes, self.sentence, self.sentence, self.sentence_of_areas, self.tower,
            self.tower, self.lettered, self.stall, self.stall_of_estate, self.relative,
            self.estate_alone, self.no_such_number, self.other_name, self.other_door,
            self.tower_without_letter,
        ]  # fmt: skip

    def write(self, times: int) -> Iterator[Written]:
        """Yield every form so many times."""
        for _ in range(times):
            for form in self.forms:
                text, truth = form()
                yield Written(text, truth, self.name, form.__name__)

    def pick(self, options: Any) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def house(self, *kinds: str) -> House:
        one: House = self.pick([house for house in self.houses if house.kind in kinds])
        return one

    def number(self, house: House) -> str:
        """Write the number of a house of an estate, with a flat or without."""
        n = house.number.rstrip("号楼栋幢")
        unit, floor = int(self.rng.integers(1, 5)), int(self.rng.integers(1, 19))
        flat = f"{floor}{int(self.rng.integers(1, 5)):02d}"
        word = self.pick([self.region["word"], "号楼", "栋", "幢", "#"])
        inside = ["", "", f"{unit}单元", f"{unit}单元{flat}", f"{unit}单元{flat}室", f"{flat}室",
                  f"{unit}单元{floor}楼东户", f"{unit}门{flat}"]  # fmt: skip
        if word == "#":
            inside = ["", f"{unit}单元{flat}", f"-{unit}-{flat}"]
        return f"{n}{word}{self.pick(inside)}"

    def areas(self, house: House) -> str:
        """Write some areas of a house, most without the word for what they are."""
        region = self.region
        parts = [self.pick(["", "", region["city"], f"{region['city']}市"]),
                 self.pick(["", region["district"], region["district"], f"{region['district']}区"]),
                 self.pick(["", house.street, house.street, f"{house.street}街道"]),
                 self.pick(["", "", house.community, f"{house.community}社区"])]  # fmt: skip
        return "".join(parts)

    # --- a building ----------------------------------------------------------------------------

    def plain(self) -> tuple[str, str]:
        house = self.house("estate", "unit")
        return house.estate + self.number(house), house.building_id

    def bare_areas(self) -> tuple[str, str]:
        house = self.house("estate", "unit")
        return self.areas(house) + house.estate + self.number(house), house.building_id

    def with_gate(self) -> tuple[str, str]:
        house = self.pick([h for h in self.houses if h.gate and h.kind == "estate"])
        return house.gate + house.estate + self.number(house), house.building_id

    def gate_alone(self) -> tuple[str, str]:
        house = self.pick([h for h in self.houses if h.gate and h.kind == "estate"])
        yard = self.pick(["", "院", "大院", "小区", "院内"])
        n = house.number.rstrip("号楼栋幢")
        word = self.pick(["号楼", "栋", "幢"])
        return f"{house.gate}{yard}{n}{word}", house.building_id

    def community_behind(self) -> tuple[str, str]:
        house = self.house("estate")
        behind = self.pick(["", "（", "-"])
        close = "）" if behind == "（" else behind
        text = f"{house.estate}{behind}{house.community}社区{close}{self.number(house)}"
        return text, house.building_id

    def community_before(self) -> tuple[str, str]:
        house = self.house("estate", "unit")
        return f"{house.community}社区{house.estate}{self.number(house)}", house.building_id

    def gate_behind(self) -> tuple[str, str]:
        house = self.house("estate")
        return f"{house.estate}{self.pick(GATES)}{self.number(house)}", house.building_id

    def gate_before(self) -> tuple[str, str]:
        house = self.house("estate")
        return f"{self.pick(GATES[:5])}{house.estate}{self.number(house)}", house.building_id

    def in_brackets(self) -> tuple[str, str]:
        house = self.house("estate")
        n = self.number(house)
        return self.pick([f"某某托管（{house.estate}{n}）", f"{house.estate}（{n}）",
                          f"{house.estate}{n}（无证）"]), house.building_id  # fmt: skip

    def yard(self) -> tuple[str, str]:
        house = self.house("unit")
        yard = self.pick(["院", "大院", "院内", "内", "里面", "院里", ""])
        if house.estate.endswith("院"):
            yard = self.pick(["内", "里", "里面", ""])
        return house.estate + yard + self.number(house), house.building_id

    def door(self) -> tuple[str, str]:
        house = self.house("door")
        tail = self.pick(["", "2楼", "二楼", "201室", "3层", "（二楼）", "2单元301"])
        return house.number + tail, house.building_id

    def door_with_areas(self) -> tuple[str, str]:
        house = self.house("door")
        return self.areas(house) + house.number, house.building_id

    def dashes(self) -> tuple[str, str]:
        house = self.house("estate")
        n, unit, floor = house.number.rstrip("号楼栋幢"), *self.rng.integers(1, 6, 2)
        flat = f"{floor}0{unit}"
        three = [f"{n}{dash}{unit}{dash}{flat}" for dash in ("-", "—", " ", ".", "/")]
        forms = [*three, f"{n}－{unit}－{flat}室", f"{n}-{unit}-{floor}-{flat}", f"{n}-{flat}"]
        return house.estate + self.pick(forms), house.building_id

    def sentence(self) -> tuple[str, str]:
        house = self.house("estate", "unit")
        place = house.estate + self.number(house)
        return f"{self.pick(BEFORE)}{place}{self.pick(BEHIND)}", house.building_id

    def sentence_of_areas(self) -> tuple[str, str]:
        house = self.house("estate", "unit", "door")
        place = house.number if house.kind == "door" else house.estate + self.number(house)
        return (
            f"{self.pick(BEFORE)}{self.areas(house)}{place}{self.pick(BEHIND)}",
            house.building_id,
        )

    def tower(self) -> tuple[str, str]:
        house, floor = self.house("tower"), int(self.rng.integers(2, 25))
        road = self.pick(["", house.gate, house.gate.rstrip("0123456789号")])
        flat = f"{floor}06"
        forms = [f"{floor}楼", f"{floor}层", f"{floor}F", f"{floor}楼{flat}", f"{flat}室", ""]
        forms += [f"{floor}层{flat}号", f"{floor}-{flat}", f"{floor}楼东侧"]
        return road + house.estate + self.pick(forms), house.building_id

    def lettered(self) -> tuple[str, str]:
        house, floor = self.house("letters"), int(self.rng.integers(2, 25))
        letter = house.number[0]
        forms = [
            f"{letter}座{floor}楼",
            f"{letter}座{floor}06",
            f"{letter}{floor}06",
            f"{letter}座",
        ]
        forms += [f"{letter}座{floor}层{floor}06室", f"{letter}栋{floor}F"]
        return self.pick(["", house.gate]) + house.estate + self.pick(forms), house.building_id

    # --- no building ---------------------------------------------------------------------------

    def stall(self) -> tuple[str, str]:
        market = self.pick(self.region["markets"])
        return f"{market}{int(self.rng.integers(1, 60))}{self.pick(STALLS)}", ""

    def stall_of_estate(self) -> tuple[str, str]:
        house = self.house("estate")
        return f"{house.estate}{house.number.rstrip('号楼栋幢')}{self.pick(STALLS)}", ""

    def relative(self) -> tuple[str, str]:
        house = self.house("estate", "unit")
        n = house.number if self.rng.random() < 0.7 else ""
        return house.estate + n + self.pick(RELATIVES), ""

    def estate_alone(self) -> tuple[str, str]:
        house = self.house("estate", "unit")
        return self.areas(house) + house.estate, ""

    def no_such_number(self) -> tuple[str, str]:
        house = self.house("estate", "unit")
        return f"{self.areas(house)}{house.estate}{int(self.rng.integers(40, 90))}号楼", ""

    def other_name(self) -> tuple[str, str]:
        """Write the name of another estate, in which that of one of the register is."""
        house = self.house("estate")
        others = [("新", ""), ("东方", ""), ("小", ""), ("金地", ""), ("", "二期"), ("", "东区")]
        before, behind = self.pick(others)
        return before + house.estate + behind + self.number(house), ""

    def other_door(self) -> tuple[str, str]:
        road = self.region["roads"][3]
        form = self.pick(["甲{}号", "{}号丁", "{}-7号", "{}号附8号", "{}号"])
        return road + form.format(int(self.rng.integers(700, 990))), ""

    def tower_without_letter(self) -> tuple[str, str]:
        house = self.house("letters")
        return f"{house.estate}{self.pick(['12楼', '1206室', '', 'C座12楼', '大堂'])}", ""
