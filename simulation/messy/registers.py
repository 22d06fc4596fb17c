"""Write the registers: grids and buildings as GeoJSON in GCJ-02, rooms as text, staff as Excel."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Geometries
from geo.coordinates.datums import from_wgs84
from simulation.answers import AnswerBook
from simulation.city.basemap import draw_basemap
from simulation.city.city import City
from simulation.city.layout import LAND_USES
from simulation.draws import happens
from simulation.messy.dates import draw_styles, write_moments
from simulation.messy.sheets import Sheet, write_text_table, write_workbook
from simulation.truth.records import Events

_KIND_WORDS = {
    "住宅": ("住宅", "居民楼", "住宅楼"),
    "商住": ("商住", "商住两用"),
    "商务楼宇": ("写字楼", "商务楼宇"),
    "商铺": ("商铺", "门面", "沿街商铺"),
    "酒店": ("酒店", "宾馆"),
    "厂房": ("厂房", "工业"),
    "公建": ("公建", "学校"),
    "其他": ("其他",),
}
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_PEOPLE_PER_HOME = 2.6


def write_grids(city: City, events: Events, path: Path, book: AnswerBook) -> None:
    """Write the official grids with their borders in GCJ-02 and one line without a code."""
    g = city.grids
    frame = pd.DataFrame(
        {
            "网格代码": g["grid_code"],
            "网格名称": g["name"],
            "网格类型": _grid_kinds(city),
            "街道": g["street"],
            "社区": g["community"],
            "SQJCWHDM": g["community_code"],
            "户数": g["households"],
            "人口": np.round(g["households"] * _PEOPLE_PER_HOME).astype(int),
            "网格长": events.duties["chief_id"],
            "网格员": events.duties["warden_id"],
            "包片领导": events.duties["leader_id"],
            "启用日期": "2023.01.01",
        },
        dtype=object,
    )
    stray = frame.iloc[[0]].assign(网格代码=None, 网格名称="待编网格")
    _write_geojson(path, pd.concat([frame, stray]), np.array([*city.borders, None], dtype=object))
    answers = pd.DataFrame({"key": [*g["grid_code"], ""], "problem": ""})
    answers.loc[len(g), "problem"] = "required_missing"
    book.note(answers, file=path.name, table="grids")


def _grid_kinds(city: City) -> list[str]:
    trade = {"market", "office", "industry", "campus", "hotel"}
    uses = [LAND_USES[i].name for i in city.grids["land_use"]]
    return ["专属网格" if use in trade else "基础网格" for use in uses]


def write_buildings(city: City, path: Path, book: AnswerBook, *, rng: np.random.Generator) -> None:
    """Write the building layer under police headers, without a datum, plus unusable lines."""
    frame = _building_cells(city, rng=rng)
    shapes = city.footprints.copy()
    points = rng.choice(len(shapes), 4, replace=False)
    shapes[points] = shapely.centroid(shapes[points])
    extra, extra_shapes, problems = _unusable_buildings(frame, shapes)
    _write_geojson(path, pd.concat([frame, extra]), np.concatenate([shapes, extra_shapes]))
    ids = city.buildings["building_id"].to_numpy()
    answers = pd.DataFrame(
        {
            "key": [*ids, *extra["JZWDM"].fillna("")],
            "building_id": [*ids, *[""] * len(extra)],
            "problem": [*[""] * len(ids), *problems],
        }
    )
    book.note(answers.assign(level="building", style="code"), file=path.name, table="buildings")


def _building_cells(city: City, *, rng: np.random.Generator) -> pd.DataFrame:
    b, count = city.buildings, len(city.buildings)
    codes = city.grids["grid_code"].to_numpy()[b["grid"]]
    words = [_KIND_WORDS[k][d % len(_KIND_WORDS[k])] for k, d in
             zip(b["kind"], rng.integers(0, 6, count), strict=True)]  # fmt: skip
    dice = rng.random(count)
    households = [
        f"{n}户" if d < 0.03 else str(n).translate(_FULL_WIDTH) if d < 0.06 else int(n)  # noqa: PLR2004 -- a few of each
        for n, d in zip(b["households"], dice, strict=True)
    ]
    blank = happens(count, share=0.1, rng=rng)
    return pd.DataFrame(
        {
            "JZWDM": b["building_id"],
            "XQMC": b["estate"],
            "HAOZUO": b["building_no"],
            "DZMC": b["std_address"],
            "曾用名": b["aliases"],
            "用途": words,
            "单元数": b["stairwells"],
            "层数": b["floors"],
            "户数": households,
            "出租户数": b["rentals"],
            "SQJCWHDM": np.where(blank, "", [c[:12] for c in codes]),
            "JWWGDM": np.where(blank, "", codes),
            "物业": b["manager_org"],
            "产权人": b["owner_org"],
        },
        dtype=object,
    )


def _unusable_buildings(
    frame: pd.DataFrame, shapes: Geometries
) -> tuple[pd.DataFrame, Geometries, list[str]]:
    """Return lines that repeat, contradict or break something, with their shapes and reasons."""
    some = frame.iloc[:7].reset_index(drop=True).copy()
    some["XQMC"], some["曾用名"] = "临时板房", ""
    some["HAOZUO"] = [f"{i + 1}号板房" for i in range(7)]
    some["DZMC"] = "松溪街道临时板房" + some["HAOZUO"]
    some["JZWDM"] = [f"{code[:15]}B9{i:03d}" for i, code in enumerate(some["JZWDM"])]
    some.loc[0, "JZWDM"] = None
    some.loc[1, "层数"] = "六层多"
    some.loc[2, "单元数"] = "-3"
    some.loc[3, "层数"] = "6.5"
    some.loc[4, "JZWDM"] = frame["JZWDM"].iloc[10]
    some.loc[5, "JZWDM"] = "3.70998E+19"
    some.loc[6] = frame.iloc[12]
    problems = [
        "required_missing", "unreadable_number", "out_of_range", "not_whole", "conflicting_key",
        "scientific_notation", "identical_row",
    ]  # fmt: skip
    return some, shapes[[0, 1, 2, 3, 4, 5, 12]], problems


def write_basemap(city: City, path: Path, book: AnswerBook, *, rng: np.random.Generator) -> None:
    """Write the basemap of the city – streets, water, green – as a layer in GCJ-02."""
    basemap = draw_basemap(city, rng=rng)
    ids = [f"D{number + 1:04d}" for number in range(len(basemap))]
    frame = pd.DataFrame(
        {
            "要素编号": ids,
            "要素类别": basemap["kind"],
            "道路等级": basemap["level"],
            "名称": basemap["name"],
            "英文名称": basemap["name_en"],
        },
        dtype=object,
    )
    _write_geojson(path, frame, basemap["shape"].to_numpy(dtype=object))
    book.note(pd.DataFrame({"key": ids, "problem": ""}), file=path.name, table="basemap")


def _write_geojson(path: Path, frame: pd.DataFrame, shapes: Geometries) -> None:
    """Write features with coordinates of seven decimals in GCJ-02 and no word about it."""
    moved = shapely.transform(
        shapes,
        lambda c: np.round(np.stack(from_wgs84(c[:, 0], c[:, 1], datum="gcj02"), axis=-1), 7),
    )
    geometries = shapely.to_geojson(moved)
    columns = list(frame.columns)
    features = [
        '{"type":"Feature","properties":'
        + json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=int)
        + f',"geometry":{geometry or "null"}}}'
        for row, geometry in zip(frame.to_numpy(dtype=object), geometries, strict=True)
    ]
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write('{"type":"FeatureCollection","features":[\n')
        out.write(",\n".join(features))
        out.write("\n]}\n")


def write_units(
    city: City, events: Events, path: Path, book: AnswerBook, *, rng: np.random.Generator
) -> None:
    """Write the list of rooms as GBK text; it names rooms, never residents."""
    u, count = events.units, len(events.units)
    kind = city.buildings["kind"].to_numpy()[u["building"]]
    home = np.isin(kind, ["住宅", "商住"])
    ids = city.buildings["building_id"].to_numpy()[u["building"]]
    let = np.where(u["let"], "出租", rng.choice(["自住", "自住", "空置", "未知"], count))
    cells = pd.DataFrame(
        {
            "房屋编码": u["unit_id"],
            "楼栋编码": ids,
            "单元": [f"{s}单元" if s else "无" for s in u["stairwell"]],
            "楼层": u["floor"].astype(str),
            "室号": u["room"].astype(str),
            "房屋用途": np.where(home, "居住", "办公"),
            "居住状态": let,
            "建筑面积": np.round(rng.lognormal(4.5, 0.35, count), 1),
        },
        dtype=object,
    )
    answers = pd.DataFrame(
        {"key": u["unit_id"], "building_id": ids, "room": u["room"].astype(str), "problem": ""}
    )
    cells.loc[0, "房屋编码"], answers.loc[0, "problem"] = "", "required_missing"
    cells.loc[count - 1, "建筑面积"], answers.loc[count - 1, "problem"] = (
        "较大",
        "unreadable_number",
    )
    answers = answers.assign(level="room", style="code")
    write_text_table(path, cells, answers, book, table="units", encoding="gbk")


def write_persons(
    events: Events, path: Path, book: AnswerBook, *, rng: np.random.Generator
) -> None:
    """Write the staff list as a titled sheet with a footer and one line without a number."""
    p = events.persons
    styles = draw_styles(len(p), rng=rng, usual="dot_day", others=("cell_day", "chinese_day"))
    cells = pd.DataFrame(
        {
            "序号": range(1, len(p) + 1),
            "人员编号": p["person_id"],
            "姓名": p["name"],
            "岗位": p["role"].replace({"包片领导": "包联领导", "楼长": "楼栋长"}),
            "所属单位": p["org"],
            "职务": p["title"],
            "办公电话": p["phone"],
            "在岗状态": np.where(p["active"], "是", "否"),
            "任期起": write_moments(p["from_date"].to_numpy(), styles),
            "任期止": write_moments(p["to_date"].to_numpy(), styles),
        },
        dtype=object,
    )
    answers = pd.DataFrame({"key": p["person_id"], "problem": ""})
    stray = len(cells)
    cells.loc[stray] = [stray + 1, "", "沈示例", "网格员", "", "", "13800009998", "是", None, None]
    answers.loc[stray] = ["", "required_missing"]
    sheet = Sheet(
        name="人员名册",
        cells=cells,
        answers=answers,
        title="街道网格治理人员名册",
        note="填报单位：街道综合治理办公室",
        footer="填表人：张示例        审核人：李示范",
    )
    write_workbook(path, [sheet], book, table="persons")
