"""Invent a register and addresses as callers and clerks write them, with what each one means.

Written from what real sheets show (dashes, building words, full width, numerals, typing slips,
old names, noise), not from the parser: nothing here is imported from ``geo``. ``truth`` is the
building that a careful person with the register at hand would name, '' where that person would
name none.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import OSA

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
STREETS, COMMUNITIES, ROADS = WORDS["streets"], WORDS["communities"], WORDS["roads"]
HEADS, MIDDLES, TAILS = tuple(WORDS["heads"]), WORDS["middles"], WORDS["tails"]
YARDS, OLD_NAMES = WORDS["yards"], WORDS["old_names"]
SOUND_SLIPS, SHAPE_SLIPS = (
    dict(zip(slips["meant"], slips["written"], strict=True))
    for slips in (WORDS["sound_slips"], WORDS["shape_slips"])
)
OTHER_CHARACTERS = WORDS["other_characters"]
FIRSTS, SECONDS = WORDS["firsts"], WORDS["seconds"]
BUILDINGS_PER_ESTATE = 15
DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Building:
    """One building of the invented register."""

    building_id: str
    estate: str
    number: str
    building_no: str
    std_address: str
    aliases: tuple[str, ...]
    street: str
    community: str
    road: str
    road_no: int
    kind: str

    def as_registered(self) -> dict[str, Any]:
        """Return what a register holds of it, by column."""
        known = ("building_id", "estate", "building_no", "std_address", "aliases", "street",
                 "community")  # fmt: skip
        return {name: getattr(self, name) for name in known}


@dataclass(frozen=True)
class Labelled:
    """One address and what it means."""

    text: str
    truth: str
    kind: str


def make_city(rng: np.random.Generator, *, buildings: int) -> list[Building]:
    """Invent a register of many thousand buildings with as many more names."""
    heads = HEADS + tuple(a + b for a in FIRSTS for b in SECONDS)
    return make_register(rng, estates=buildings // BUILDINGS_PER_ESTATE, heads=heads)


def make_register(
    rng: np.random.Generator, *, estates: int = 320, heads: tuple[str, ...] = HEADS
) -> list[Building]:
    """Invent a register: estates, yards, lanes, shops, towers, phases, some of one name."""
    drawn: dict[str, None] = {}
    while len(drawn) < estates:
        name = pick(rng, heads) + pick(rng, MIDDLES) + pick(rng, TAILS)
        if name[:2] != name[2:4]:
            drawn[name] = None
    names = list(drawn)
    names[-len(YARDS) :] = YARDS
    buildings: list[Building] = []
    taken = {""}
    for index, name in enumerate(names):
        community = index % len(COMMUNITIES)
        _add_estate(rng, buildings, taken, name, community, kind=_estate_kind(index))
        if index % 40 == 7:  # the same name once more, elsewhere
            _add_estate(
                rng, buildings, taken, name, (community + 5) % len(COMMUNITIES), kind="plain"
            )
    for road in ROADS:
        _add_shops(rng, buildings, road)
    return buildings


def _estate_kind(index: int) -> str:
    return {3: "phases", 6: "sides", 9: "alias", 12: "lane", 15: "tower", 18: "single"}.get(
        index % 20, "plain"
    )


def _add_estate(
    rng: np.random.Generator,
    buildings: list[Building],
    taken: set[str],
    name: str,
    community: int,
    *,
    kind: str,
) -> None:
    road, road_no = pick(rng, ROADS), int(rng.integers(1, 400))
    count = int(rng.integers(4, 26))
    numbers = [str(n) for n in range(1, count + 1) if not (kind == "alias" and n in (4, 14))]
    parts, alias = [name], ""
    if kind == "phases":
        parts = [f"{name}一期", f"{name}二期"]
    elif kind == "sides":
        parts = [f"{name}东区", f"{name}西区"]
    elif kind == "alias":
        alias = next((name for name in OLD_NAMES if name not in taken), "")
        taken.add(alias)
    elif kind == "lane":
        road_no = int(rng.integers(100, 900))
        parts, numbers = [f"{road}{road_no}弄"], [str(n) for n in range(1, 20)]
    elif kind == "tower":
        parts, numbers = [f"{name[:4]}广场"], ["A", "B", "C"]
    elif kind == "single":
        parts, numbers = [f"{name[:2]}{pick(rng, ('商务', '科技', '金融'))}大厦"], [""]
    word = pick(rng, ("号楼", "号楼", "号楼", "栋", "幢", "#", ""))
    for part in parts:
        if part in taken and kind != "plain":
            continue
        taken.add(part)
        for number in numbers:
            own = {"lane": f"{number}号", "tower": f"{number}座", "single": ""}.get(
                kind, f"{number}{word}"
            )
            spelt = own if kind in ("lane", "tower", "single") else f"{number}号楼"
            street = STREETS[community % len(STREETS)]
            gate = "" if kind == "lane" or word == "" else f"{road}{road_no}号"
            buildings.append(
                Building(
                    building_id=f"B{len(buildings):06d}",
                    estate=part,
                    number=number,
                    building_no=own,
                    std_address=f"示例区{street}{gate}{part}{spelt}",
                    aliases=(alias,) if alias else (),
                    street=street,
                    community=COMMUNITIES[community],
                    road=road,
                    road_no=road_no,
                    kind=kind,
                )
            )


def _add_shops(rng: np.random.Generator, buildings: list[Building], road: str) -> None:
    street = pick(rng, STREETS)
    community = pick(rng, COMMUNITIES)
    for number in sorted(rng.choice(np.arange(401, 700), 12, replace=False).tolist()):
        spelt = f"{number}号" + ("附1号" if number % 7 == 0 else "")
        buildings.append(
            Building(
                building_id=f"B{len(buildings):06d}",
                estate="",
                number=str(number),
                building_no=spelt,
                std_address=f"示例区{street}{road}{spelt}",
                aliases=(),
                street=street,
                community=community,
                road=road,
                road_no=number,
                kind="shop",
            )
        )


def pick(rng: np.random.Generator, options: Any) -> Any:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]


def chinese(value: int) -> str:
    """Write 1 to 99 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    head = "" if not tens else ("十" if tens == 1 else DIGITS[tens] + "十")
    return head + (DIGITS[ones] if ones or not tens else "")


class Writer:
    """Write addresses for the buildings of one register."""

    def __init__(self, rng: np.random.Generator, register: list[Building]) -> None:
        self.rng, self.register = rng, register
        self.names = sorted({n for b in register for n in (b.estate, *b.aliases) if n})
        self.by_estate: dict[str, list[Building]] = {}
        for building in register:
            self.by_estate.setdefault(building.estate, []).append(building)
        self.shared = {
            name
            for name, group in self.by_estate.items()
            if name and len({b.community for b in group}) > 1
        }
        self.renamed = [b for b in register if b.aliases]
        self.drawn: dict[tuple[bool, bool], list[Building]] = {}
        for building in register:
            key = building.estate != "", building.estate in self.shared
            self.drawn.setdefault(key, []).append(building)
        self.kinds: list[tuple[float, Any]] = [
            (30, self.plain), (12, self.prefixed), (5, self.noisy), (4, self.old_name),
            (4, self.misheard), (3, self.misread), (3, self.slipped), (3, self.left_out),
            (2, self.doubled), (1.5, self.swapped), (2, self.short), (5, self.shop),
            (1.5, self.shared_with_place), (1.5, self.road_and_estate),
            (4, self.beside), (2, self.crossing), (4, self.estate_only), (1.5, self.community_only),
            (4, self.unknown_estate), (3, self.no_such_number), (1.5, self.shared_without_place),
            (1, self.several), (1, self.two), (1, self.junk), (1, self.other_street),
        ]  # fmt: skip

    def write(self, count: int) -> list[Labelled]:
        """Write a number of addresses."""
        weights = np.array([w for w, _ in self.kinds])
        written: list[Labelled] = []
        while len(written) < count:
            kind = self.kinds[int(self.rng.choice(len(weights), p=weights / weights.sum()))][1]
            made = kind()
            if made is not None:
                written.append(Labelled(made[0], made[1], kind.__name__))
        return written

    # --- parts ---------------------------------------------------------------------------------

    def a_building(self, *, shared: bool = False, named: bool = True) -> Building:
        """Draw a building of an estate."""
        one: Building = pick(self.rng, self.drawn[named, shared])
        return one

    def number(self, b: Building, *, room: bool | None = None) -> str:
        """Write number, stairwell, floor and room in one of many ways."""
        rng = self.rng
        inside = bool(rng.random() < 0.65) if room is None else room
        n, unit, floor = b.number, int(rng.integers(1, 6)), int(rng.integers(1, 33))
        flat = f"{floor}{int(rng.integers(1, 5)):02d}"
        if b.kind == "lane":
            return f"{n}号" + (pick(rng, [f"{flat}室", flat, f"{flat}"]) if inside else "")
        if b.kind == "tower":
            word = pick(rng, ["座", "座", "栋", "幢", "号楼"])
            tail = pick(rng, [flat, f"{flat}室", f"{floor}层", f"{floor}楼{flat}", f"{floor}F"])
            return pick(rng, [f"{n}{word}{tail}", f"{n}-{flat}"]) if inside else n + word
        if b.kind == "single":
            tails = [f"{floor}层", f"{floor}层{flat}", f"{flat}室", f"{floor}F", flat]
            return pick(rng, tails) if inside else ""
        spelt = chinese(int(n)) if rng.random() < 0.1 else n
        word = pick(rng, ["号楼", "号楼", "号楼", "号楼", "栋", "幢", "座", "#", "#楼", "号"])
        body = f"{spelt}{word}"
        if spelt != n and word in "##楼":
            body = f"{spelt}号楼"
        if not inside:
            return pick(rng, [body, body, body, f"第{body}" if word in "栋幢" else body])
        spelt_unit = chinese(unit) if spelt != n else str(unit)
        return str(
            pick(
                rng,
                [
                    f"{body}{spelt_unit}单元{flat}",
                    f"{body}{spelt_unit}单元{flat}室",
                    f"{body} {unit}单元 {flat}",
                    f"{body}{unit}-{flat}",
                    f"{body}-{unit}-{flat}",
                    f"{body}{unit}门{flat}",
                    f"{body}{unit}单元{floor}楼东户",
                    f"{body}{unit}单元{floor}层西户",
                    f"{body}{flat}",
                    f"{body}{flat}室",
                    f"{body}{flat}，{int(flat) + 1}",
                    f"{body}{flat}-{int(flat) + 1}室",
                    f"{body}{unit}单元",
                    f"{n}-{unit}-{flat}",
                    f"{n}-{unit}-{flat}",
                    f"{n}-{unit}-{flat}室",
                    f"{n}—{unit}—{flat}",
                    f"{n} {unit} {flat}",
                    f"{n}-{flat}",
                    f"{n}号楼{unit}单元{floor}0{unit}号",
                ],
            )
        )

    def prefix(self, b: Building) -> str:
        """Write what stands before the estate."""
        top = pick(
            self.rng, ["", "山东省示例市", "示例市", "山东省示例市示例区", "示例区", "示例区"]
        )
        street = pick(self.rng, ["", b.street, b.street, b.street.removesuffix("道") + "道办事处"])
        community = pick(self.rng, ["", "", b.community])
        road = pick(self.rng, ["", "", f"{b.road}{b.road_no}号"]) if b.kind != "lane" else ""
        text = top + street + community + road
        return text * 2 if top and self.rng.random() < 0.05 and not road else text

    def noise(self, text: str) -> str:
        """Add what does not belong to the address."""
        full = str.maketrans("0123456789-#ABC", "０１２３４５６７８９－＃ＡＢＣ")
        return str(
            pick(
                self.rng,
                [
                    f"{text}，电话13800001234",
                    f"{text} 0538-6801234",
                    f"271000 {text}",
                    f"{text}----",
                    f"{text}（实验小学对面）",
                    f"{text}（夜间上课）",
                    f"地址：{text}。",
                    f" {text} ",
                    text.translate(full),
                    f"{text}有人办补习班",
                    f"{text}　某某托管",
                    f"“{text}”",
                ],
            )
        )

    # --- addresses that mean a building --------------------------------------------------------

    def plain(self) -> tuple[str, str]:
        b = self.a_building()
        return b.estate + self.number(b), b.building_id

    def prefixed(self) -> tuple[str, str]:
        b = self.a_building()
        return self.prefix(b) + b.estate + self.number(b), b.building_id

    def noisy(self) -> tuple[str, str]:
        b = self.a_building()
        return self.noise(b.estate + self.number(b)), b.building_id

    def old_name(self) -> tuple[str, str] | None:
        b = pick(self.rng, self.renamed)
        return b.aliases[0] + self.number(b), b.building_id

    def shop(self) -> tuple[str, str]:
        b = self.a_building(named=False)
        prefix = pick(self.rng, ["", "示例区", b.street, f"示例市示例区{b.street}"])
        tail = pick(self.rng, ["", "", "2楼", "好又多超市", "二楼东户", "201室", "（小学旁）"])
        return prefix + b.road + b.building_no + tail, b.building_id

    def shared_with_place(self) -> tuple[str, str]:
        b = self.a_building(shared=True)
        where = pick(self.rng, [b.community, f"{b.street}{b.community}", f"（{b.community}）"])
        return where + b.estate + self.number(b), b.building_id

    def road_and_estate(self) -> tuple[str, str] | None:
        b = self.a_building()
        text = f"{b.road}{b.estate}{self.number(b)}"
        return (text, b.building_id) if b.kind == "plain" else None

    def short(self) -> tuple[str, str] | None:
        b = self.a_building()
        if b.kind != "plain" or not b.estate.endswith(("花园", "家园", "公寓")):
            return None
        name = b.estate[:-2] + pick(self.rng, ["", "小区"])
        others = [n for n in self.names if n[:-2] == b.estate[:-2] and n != b.estate]
        return (name + self.number(b), b.building_id) if not others else None

    def _slip(self, b: Building, name: str) -> tuple[str, str] | None:
        """Keep a slip only where no other name is as near."""
        near = min(OSA.distance(name, other) for other in self.names if other != b.estate)
        if name == b.estate or OSA.distance(name, b.estate) >= near or name in self.names:
            return None
        where = b.community if self.rng.random() < 0.15 else ""
        return where + name + self.number(b), b.building_id

    def _replace(self, slips: dict[str, str] | None) -> tuple[str, str] | None:
        b = self.a_building()
        if b.kind not in ("plain", "alias", "phases") or len(b.estate) < 4:
            return None
        places = [i for i, c in enumerate(b.estate) if slips is None or c in slips]
        if not places:
            return None
        at = pick(self.rng, places)
        new = pick(self.rng, OTHER_CHARACTERS) if slips is None else slips[b.estate[at]]
        return self._slip(b, b.estate[:at] + new + b.estate[at + 1 :])

    def misheard(self) -> tuple[str, str] | None:
        return self._replace(SOUND_SLIPS)

    def misread(self) -> tuple[str, str] | None:
        return self._replace(SHAPE_SLIPS)

    def slipped(self) -> tuple[str, str] | None:
        return self._replace(None)

    def left_out(self) -> tuple[str, str] | None:
        b = self.a_building()
        if b.kind not in ("plain", "alias") or len(b.estate) < 4:
            return None
        at = int(self.rng.integers(len(b.estate)))
        return self._slip(b, b.estate[:at] + b.estate[at + 1 :])

    def doubled(self) -> tuple[str, str] | None:
        b = self.a_building()
        at = int(self.rng.integers(len(b.estate)))
        return self._slip(b, b.estate[: at + 1] + b.estate[at:]) if b.kind == "plain" else None

    def swapped(self) -> tuple[str, str] | None:
        b = self.a_building()
        if b.kind != "plain":
            return None
        at = int(self.rng.integers(len(b.estate) - 1))
        name = b.estate
        return self._slip(b, name[:at] + name[at + 1] + name[at] + name[at + 2 :])

    # --- addresses that mean none --------------------------------------------------------------

    def beside(self) -> tuple[str, str]:
        b = self.a_building()
        place = pick(self.rng, [b.estate, b.estate + self.number(b, room=False)])
        words = [
            "旁边",
            "附近",
            "对面",
            "门口",
            "北侧胡同",
            "往东100米",
            "楼下",
            "隔壁二楼",
            "斜对过",
        ]
        return place + pick(self.rng, words), ""

    def crossing(self) -> tuple[str, str]:
        one, two = (str(r) for r in self.rng.choice(ROADS, 2, replace=False))
        forms = [
            f"{one}与{two}交叉口",
            f"{one}{two}路口",
            f"{one}{two}口",
            f"{one}和{two}交汇处往北",
        ]
        return pick(self.rng, [*forms, f"{one}与{two}路口东南角"]), ""

    def estate_only(self) -> tuple[str, str] | None:
        b = self.a_building()
        return (pick(self.rng, ["", b.street]) + b.estate, "") if b.kind != "single" else None

    def community_only(self) -> tuple[str, str]:
        community = pick(self.rng, COMMUNITIES)
        return community + pick(self.rng, ["", "辖区内", "居委会附近", "多处"]), ""

    def unknown_estate(self) -> tuple[str, str] | None:
        name = pick(self.rng, HEADS) + pick(self.rng, MIDDLES) + pick(self.rng, TAILS)
        vague = name.endswith("小区") and any(n.startswith(name[:-2]) for n in self.names)
        if name in self.names or vague or any(n.startswith(name) for n in self.names):
            return None
        return name + self.number(self.a_building()), ""

    def no_such_number(self) -> tuple[str, str] | None:
        b = self.a_building()
        return (
            (f"{b.estate}{int(self.rng.integers(40, 99))}号楼2单元301", "")
            if (b.kind in ("plain", "alias", "phases"))
            else None
        )

    def shared_without_place(self) -> tuple[str, str]:
        b = self.a_building(shared=True)
        return b.estate + self.number(b), ""

    def several(self) -> tuple[str, str] | None:
        b = self.a_building()
        low = int(self.rng.integers(1, 4))
        forms = [f"{low}-{low + 3}号楼", f"{low}、{low + 1}号楼", f"{low}号楼和{low + 1}号楼"]
        return (b.estate + pick(self.rng, forms), "") if b.kind == "plain" else None

    def two(self) -> tuple[str, str]:
        a, b = self.a_building(), self.a_building()
        same = a.building_id == b.building_id
        text = f"{a.estate}{self.number(a)}；{b.estate}{self.number(b)}"
        return text, a.building_id if same else ""

    def junk(self) -> tuple[str, str]:
        texts = [
            "不详",
            "无",
            "电话里说不清",
            "见附件",
            "来电人未提供",
            "全市",
            "网上",
            "13800001234",
            "—",
        ]
        return pick(self.rng, texts), ""

    def other_street(self) -> tuple[str, str]:
        b = self.a_building()
        street = pick(self.rng, ["石泉街道", "白鹭街道"])
        return f"示例区{street}{b.estate}{self.number(b)}", ""
