"""Write the records of checks: monthly inspection files and the list of decided violations."""

from pathlib import Path

import numpy as np
import pandas as pd

from geo.arrays import Bools, Ints, Objects
from simulation.answers import AnswerBook
from simulation.city.city import City
from simulation.draws import happens
from simulation.messy.addresses import NEAT, say_addresses
from simulation.messy.blunders import Blunder, plant
from simulation.messy.dates import draw_styles, write_moments
from simulation.messy.sheets import Sheet, write_text_table, write_workbook
from simulation.messy.wording import SUBJECTS
from simulation.truth.history import Truth
from simulation.truth.records import Events

_WHY = np.array(["例行巡查", "投诉核查", "回头看", "专项行动", "随机抽查"], dtype=object)
_RESULT_WORDS = {
    "未发现异常": ("未发现异常", "正常", "未发现问题", "无异常"),
    "疑似": ("疑似", "可疑"),
    "属实": ("属实", "发现问题", "查实"),
    "拒不开门": ("拒不开门", "不开门"),
    "无人": ("无人", "无人应答"),
    "未能进入": ("未能进入", "无法进入"),
}
_SIGNS = ("学生集中出入", "接送车辆", "桌椅多套", "教辅资料", "招生广告", "遮挡窗帘", "物业反映")
_PLACES = {
    **dict.fromkeys(("住宅", "商住"), "居民住宅"),
    "商务楼宇": "写字楼",
    "商铺": "托管小饭桌",
    "酒店": "宾馆",
}
_INSPECTION_BLUNDERS = (
    Blunder("not_allowed", "检查结果", ("没去成",)),
    Blunder("unreadable_date", "检查时间", ("上周三下午",)),
    Blunder("required_missing", "检查时间", ("",)),
    Blunder("unreadable_flag", "四不两直", ("看情况",)),
)
_SHELLS = (
    *("托管", "咨询", "自习室", "AI自习室", "家政服务", "文化传播"),
    *("思维训练", "住家教师", "小饭桌", "研学", "晚托", "众筹私教"),
)
_FORMS = ("转地下", "换马甲", "擅自举办", "在职教师", "学龄前", "居民楼")
_VIOLATION_BLUNDERS = (
    Blunder("required_missing", "查处日期", (None,)),
    Blunder("in_future", "查处日期", ("2098年1月1日",)),
    Blunder("unreadable_number", "罚款(元)", ("若干",)),
    Blunder("out_of_range", "现场学生数", ("-5",)),
)


def write_inspections(
    city: City, events: Events, folder: Path, book: AnswerBook, *, rng: np.random.Generator
) -> list[Path]:
    """Write one file per month, GBK and UTF-8 in turn; every sixth has unusable rows."""
    cells, answers = _inspection_cells(city, events, rng=rng)
    months = pd.Series(events.inspections["at"]).dt.strftime("%Y-%m").to_numpy()
    paths = []
    for index, month in enumerate(np.unique(months)):
        rows = np.flatnonzero(months == month)
        part, part_answers = (f.iloc[rows].reset_index(drop=True) for f in (cells, answers))
        if index % 6 == 1:
            part, part_answers = plant(part, part_answers, _INSPECTION_BLUNDERS, rng=rng)
        path = folder / f"巡查记录_{month}.csv"
        encoding = ("gbk", "utf-8", "utf-8-sig")[index % 3]
        write_text_table(path, part, part_answers, book, table="inspections", encoding=encoding)
        paths.append(path)
    return paths


def _inspection_cells(
    city: City, events: Events, *, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say where each visit went, by code or in words, and add what was seen."""
    v, count = events.inspections, len(events.inspections)
    row = v["building"].to_numpy()
    no_room = pd.DataFrame(np.zeros((count, 3), dtype=int), columns=["stairwell", "floor", "room"])
    addresses = say_addresses(city, row, no_room, rng=rng, only=NEAT)
    by_code = happens(count, share=0.55, rng=rng)
    ids = city.buildings["building_id"].to_numpy()[row]
    numbers = [f"XC-{at:%Y}-{i + 1:06d}" for i, at in enumerate(v["at"])]
    joint = (v["mode"] == "联检").to_numpy()
    styles = draw_styles(count, rng=rng, usual="iso", others=("slash", "dot"), strays=0.3)
    cells = {
        "检查编号": numbers,
        "检查时间": write_moments(v["at"].to_numpy(), styles),
        "检查方式": v["mode"],
        "检查事由": _WHY[v["reason"]],
        "四不两直": np.where(v["reason"].isin([1, 4]), "是", "否"),
        "节点": np.where(pd.Series(v["at"]).dt.day_of_week >= 5, "周末", "平日"),  # noqa: PLR2004 -- Saturday
        "楼栋编码": np.where(by_code, ids, ""),
        "检查地址": np.where(by_code, "", addresses["text"]),
        "房屋编码": np.where(by_code, v["unit_id"], ""),
        "场所类型": pd.Series(city.buildings["kind"].to_numpy()[row]).map(_PLACES).fillna("其他"),
        "参加单位": np.where(joint, "教育,公安,社区", "社区"),
        "检查人员": _warden_names(city, events)[city.buildings["grid"].to_numpy()[row]],
        "人次": np.where(joint, 4, 2),
        **_seen_cells(v, rng=rng),
    }
    frame = pd.DataFrame(cells, dtype=object)
    answers = addresses.drop(columns="text").assign(key=numbers, problem="")
    answers.loc[by_code, "building_id"] = ids[by_code]
    answers.loc[by_code, ["level", "style"]] = ["building", "code"]
    return frame, answers


def _seen_cells(v: pd.DataFrame, *, rng: np.random.Generator) -> dict[str, object]:
    """Return the columns that tell what was found, in the inspectors' own words."""
    count = len(v)
    found = (v["result"] == "属实").to_numpy()
    suspect = found | (v["result"] == "疑似").to_numpy()
    dice = rng.integers(0, 12, count)
    return {
        "当事人": v["party"],
        "检查结果": _words(v["result"], dice),
        "迹象": _signs(suspect, rng=rng),
        "现场学生数": v["pupils"],
        "现场教师数": np.where(found, 1 + v["pupils"] // 12, 0),
        "处置": np.where(found, "移送", np.where(suspect, "持续关注", "无")),
        "耗时(分)": np.round(rng.gamma(4.0, 2.2, count) + np.where(suspect, 25, 0)).astype(int),
        "备注": np.where(dice == 0, "已张贴告知书", ""),
    }


def _warden_names(city: City, events: Events) -> Objects:
    name = events.persons.set_index("person_id")["name"]
    return np.asarray(
        events.duties["warden_id"].map(name).to_numpy()[: len(city.grids)], dtype=object
    )


def _words(results: pd.Series, dice: Ints) -> list[str]:
    return [_RESULT_WORDS[r][d % len(_RESULT_WORDS[r])] for r, d in zip(results, dice, strict=True)]


def _signs(suspect: Bools, *, rng: np.random.Generator) -> list[str]:
    """List one to three signs where something was seen."""
    picks = rng.integers(0, len(_SIGNS), (len(suspect), 3))
    return [
        "、".join(dict.fromkeys(_SIGNS[i] for i in pick[: 1 + pick[0] % 3])) if seen else ""
        for seen, pick in zip(suspect, picks, strict=True)
    ]


def write_violations(
    city: City, truth: Truth, events: Events, path: Path, book: AnswerBook,
    *, rng: np.random.Generator,
) -> None:  # fmt: skip
    """Write the decided cases as one titled sheet with a total and, wrongly, a pupils' column."""
    cells, answers = _violation_cells(city, truth, events, rng=rng)
    cells, answers = plant(cells, answers, _VIOLATION_BLUNDERS, rng=rng)
    sheet = Sheet(
        name="查处台账",
        cells=cells,
        answers=answers,
        title="学科类隐形变异培训查处情况台账",
        note="填报单位：云岱区教育和体育局    单位：元、人",
        total=True,
        footer="填表人：陈示例    联系电话：13800009997",
    )
    write_workbook(path, [sheet], book, table="violations")


def _violation_cells(
    city: City, truth: Truth, events: Events, *, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    v, count = events.violations, len(events.violations)
    decided, learnt = (truth.moments(v[name]) for name in ("decided_day", "learnt_day"))
    addresses = say_addresses(city, v["building"].to_numpy(), v, rng=rng, only=NEAT)
    styles = draw_styles(count, rng=rng, usual="chinese_day", others=("dot_day", "cell_day"))
    numbers = [
        f"云教罚字〔{year}〕第{i + 1}号" for i, year in enumerate(pd.Series(decided).dt.year)
    ]
    income = np.round(v["pupils"] * rng.uniform(80, 900, count), -1)
    cells = {
        "案号": numbers,
        "当事人": v["party"],
        "类型": v["party_kind"],
        "违规形式": np.array(_FORMS)[v["shell"] % len(_FORMS)],
        "名义": np.array(_SHELLS)[v["shell"] % len(_SHELLS)],
        "学科": np.array(SUBJECTS[:5])[v["shell"] % 5],
        "学段": np.array(["小学", "初中", "高中", "小学、初中"])[v["shell"] % 4],
        "违规地址": addresses["text"],
        "查处日期": write_moments(decided, styles),
        "现场学生数": v["pupils"],
        "学生名单": rng.choice(["", "", "学生甲、学生乙", "学生丙"], count),
        "现场教师数": 1 + v["pupils"] // 12,
        "违法所得(元)": income,
        "罚款(元)": np.where(happens(count, share=0.4, rng=rng), np.round(income * 1.5, -2), 0),
        "处罚种类": rng.choice(["责令改正", "责令停止举办", "警告、罚款", "没收违法所得"], count),
        "是否公示": rng.choice(["是", "否"], count),
        "信用上报状态": rng.choice(["未上报", "已报区教育局", "已公示"], count),
        "获知时间": write_moments(learnt, np.full(count, "iso_day")),
    }
    frame = pd.DataFrame(cells, dtype=object)
    return frame, addresses.drop(columns="text").assign(key=numbers, problem="")
