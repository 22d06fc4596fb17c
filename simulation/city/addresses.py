"""Give the buildings of the fictional city their streets, estates, numbers and addresses."""

import numpy as np
import pandas as pd

from geo.arrays import Objects
from simulation.city import names
from simulation.city.layout import LAND_USES, SHOP
from simulation.draws import happens

_NUMBERED = frozenset({"market", "office", "hotel"})
_ESTATE_STYLES = ("号楼", "号楼", "号楼", "号楼", "栋", "幢")
_CAMPUS_HALLS = (
    *("教学楼", "综合楼", "实验楼", "办公楼", "图书楼"),
    *("体育馆", "食堂", "宿舍楼", "艺术楼", "后勤楼"),
)
_CAMPUS_TAILS = ("小学", "中学", "幼儿园", "实验学校", "小学")
_HOTEL_TAILS = ("酒店", "宾馆", "快捷酒店", "商务酒店")
_LANE_YARD, _ESTATE_NAME = 5, 3
_DIGITS = "零一二三四五六七八九"


def chinese_number(value: int) -> str:
    """Write 0 to 99 in Chinese numerals: 12 becomes 十二.

    Larger numbers are spelt digit by digit, as people do with house numbers.
    """
    if value > 99:  # noqa: PLR2004 -- the documented range
        return "".join(_DIGITS[int(d)] for d in str(value))
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{'' if tens == 1 else _DIGITS[tens]}十{_DIGITS[ones] if ones else ''}"


def address_buildings(
    buildings: pd.DataFrame,
    grids: pd.DataFrame,
    communities: pd.DataFrame,
    *,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return `buildings` with codes, estate, number, road, standard address, owner and manager."""
    framed = buildings.assign(
        use=np.array([u.name for u in LAND_USES])[buildings["land_use"]],
        shop=buildings["kind"] == SHOP,
        street=communities["street"].to_numpy()[buildings["community"]],
    )
    framed = framed.assign(nth=framed.groupby(["grid", "shop"]).cumcount())
    framed = _name_roads(framed, grids, rng=rng)
    framed = _name_estates(framed, grids, rng=rng)
    framed = framed.assign(std_address=_standard_addresses(framed))
    nth_in_grid = framed.groupby("grid").cumcount() + 1
    codes = grids["grid_code"].to_numpy()[framed["grid"]]
    ids = [f"{code}B{n:04d}" for code, n in zip(codes, nth_in_grid, strict=True)]
    framed = framed.assign(building_id=ids, kind=framed["kind_name"])
    framed = framed.assign(**_owners(framed, rng=rng))
    return framed.drop(columns=["kind_name", "nth", "shop", "use", "width", "depth"])


def _name_roads(
    framed: pd.DataFrame, grids: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Name the street south of every block and number its gates eastwards in odd numbers."""
    lines, line = np.unique(grids["south"].to_numpy(), return_inverse=True)
    stems = names.road_stems(len(lines), rng=rng)
    tails = rng.choice(["路", "街", "大街", "东路"], len(lines), p=[0.5, 0.25, 0.15, 0.1])
    roads = np.array([s + t for s, t in zip(stems, tails, strict=True)], dtype=object)
    has_number = framed["shop"] | framed["use"].isin(_NUMBERED)
    gate = framed["building_id"] if "building_id" in framed else pd.Series(framed.index)
    key = pd.Series(np.where(has_number, gate, -1 - framed["grid"]), index=framed.index)
    gates = pd.DataFrame({"key": key, "line": line[framed["grid"]], "x": framed["x"]})
    gates = gates.sort_values("x", kind="stable").drop_duplicates("key")
    steps = pd.Series(rng.choice([2, 2, 2, 4], len(gates)), index=gates.index)
    number = steps.groupby(gates["line"]).cumsum() - 1
    by_key = pd.Series(number.to_numpy(), index=gates["key"])
    return framed.assign(road=roads[line[framed["grid"]]], road_no=key.map(by_key).astype(int))


def _name_estates(
    framed: pd.DataFrame, grids: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Name estates, yards, villages, towers and schools, and number their buildings."""
    stems = names.estate_stems(len(framed), rng=rng)
    grid_names = _grid_estates(grids, rng=rng)
    styles = rng.choice(_ESTATE_STYLES, len(grids))
    gaps = happens(len(grids), share=0.1, rng=rng)
    pairs = [
        _name_building(use, shop, nth, road_no, grid_names[grid], name, styles[grid], gaps[grid])
        for use, shop, nth, road_no, grid, name in zip(
            framed["use"], framed["shop"], framed["nth"], framed["road_no"], framed["grid"],
            stems, strict=True,
        )
    ]  # fmt: skip
    estate, number = (np.array(part, dtype=object) for part in zip(*pairs, strict=True))
    return framed.assign(estate=estate, building_no=number, aliases=_aliases(estate, rng=rng))


def _grid_estates(grids: pd.DataFrame, *, rng: np.random.Generator) -> list[str]:
    """Return the estate name of each grid; two pairs of estates in a city share their name."""
    uses = np.array([u.name for u in LAND_USES])[grids["land_use"]]
    stems = names.estate_stems(len(grids), rng=rng)
    short = [stem[:2] for stem in names.road_stems(len(grids), rng=rng)]
    tails = {"lane": "巷", "village": "村", "flats": "公寓", "industry": "工业园"}
    named = [
        stem
        if use in ("slab", "tower")
        else brief + (tails.get(use) or _CAMPUS_TAILS[i % len(_CAMPUS_TAILS)])
        for i, (use, stem, brief) in enumerate(zip(uses, stems, short, strict=True))
    ]
    homes = np.flatnonzero((uses == "slab") | (uses == "tower"))
    owner = grids["owner"].to_numpy()
    for left, right in zip(homes[1:-1:14], homes[8::14], strict=False):
        if owner[left] != owner[right]:
            named[right] = named[left]
    for left, right in zip(homes[3:-1:9], homes[4::9], strict=False):
        if owner[left] == owner[right] and len(named[left]) == len(stems[left]):
            named[left], named[right] = f"{named[left]}东区", f"{named[left]}西区"
    return named


def _name_building(  # noqa: PLR0911 -- one line per kind of place
    use: str,
    shop: bool,  # noqa: FBT001 -- as above
    nth: int,
    road_no: int,
    grid_name: str,
    stem: str,
    style: str,
    gap: bool,  # noqa: FBT001 -- a private row function
) -> tuple[str, str]:
    if shop:
        return "", f"{road_no}号"
    if use == "lane":
        return f"{grid_name}{nth // _LANE_YARD * 2 + 1}号院", f"{nth % _LANE_YARD + 1}号楼"
    if use == "village":
        return grid_name, f"{nth + 1}号"
    if use == "office":
        return f"{stem[:2]}大厦", "AB"[nth % 2] + "座"
    if use == "industry":
        return grid_name, f"{nth + 1}号厂房"
    if use == "campus":
        return grid_name, _CAMPUS_HALLS[nth % 10] + ("" if nth < 10 else chinese_number(nth // 10))  # noqa: PLR2004 -- ten halls
    if use == "hotel":
        return stem[:2] + _HOTEL_TAILS[nth % 4], "主楼"
    number = nth + 1
    if gap:
        number += (number >= 4) + (number >= 13)  # noqa: PLR2004 -- 4 and 14 are skipped
    return grid_name, f"{number}{style}"


def _aliases(estate: Objects, *, rng: np.random.Generator) -> Objects:
    """Give one estate in eight the former name that old residents still use."""
    known, inverse = np.unique(estate.astype(str), return_inverse=True)
    drawn = happens(len(known), share=1 / 8, rng=rng)
    eligible = [len(name) >= _ESTATE_NAME and "号院" not in name for name in known]
    chosen = np.flatnonzero(drawn & np.array(eligible))
    former = np.full(len(known), "", dtype=object)
    former[chosen] = [names.former_name(i) for i in range(len(chosen))]
    return np.asarray(former[inverse], dtype=object)


def _standard_addresses(framed: pd.DataFrame) -> list[str]:
    """Write the standard addresses: district, street office, road, gate number, building."""
    return [
        f"{names.DISTRICT}{street}"
        + (estate + no if use in ("lane", "village") and estate else "")
        + ("" if use in ("lane", "village") and estate else f"{road}{road_no}号{estate}")
        + ("" if use in ("lane", "village") or not estate or no == "主楼" else no)
        for street, use, estate, no, road, road_no in zip(
            framed["street"], framed["use"], framed["estate"], framed["building_no"],
            framed["road"], framed["road_no"], strict=True,
        )
    ]  # fmt: skip


def _owners(framed: pd.DataFrame, *, rng: np.random.Generator) -> dict[str, Objects]:
    """Say who manages each building (one company per grid) and who owns it."""
    grids = int(framed["grid"].max()) + 1
    companies = np.array(
        [f"岱安示例{i % 23 + 1}号物业服务有限公司" for i in range(grids)], dtype=object
    )
    companies[happens(grids, share=0.2, rng=rng)] = ""
    owner = np.where(
        framed["use"].isin(["slab", "tower", "lane", "village", "flats"]),
        "业主共有",
        "岱安示例资产经营有限公司",
    )
    return {"manager_org": companies[framed["grid"]], "owner_org": owner.astype(object)}
