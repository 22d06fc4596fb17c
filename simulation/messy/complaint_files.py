"""Split the complaints over the files in which they reach the office, with their blunders."""

from pathlib import Path

import numpy as np
import pandas as pd

from geo.arrays import Positions
from simulation.answers import AnswerBook
from simulation.city.city import City
from simulation.draws import happens
from simulation.messy import complaints as words
from simulation.messy.blunders import Blunder, plant
from simulation.messy.complaints import Reported
from simulation.messy.dates import MINUTE_STYLES
from simulation.messy.sheets import WORKBOOK_ROWS, Sheet, write_text_table, write_workbook

CORRECTED = 8
"""So many tickets of the last month were closed since it was first sent."""

_MOST_SHEETS = 24
_FOOTER = "填表人：张示例          审核人：李示范          联系电话：13800009999"
_HOTLINE_BLUNDERS = (
    Blunder("digits_lost", "工单编号", (260912101108115409.0, 260803142233000871.0, 2.60715e17)),
    Blunder("scientific_notation", "工单编号", ("2.60912E+17",)),
    Blunder("unreadable_date", "来电时间", ("去年冬天", "12月底左右")),
    Blunder("required_missing", "来电时间", (None, "")),
    Blunder("in_future", "来电时间", ("2099-01-01 10:00",)),
    Blunder("not_allowed", "诉求属实", ("查无此人",)),
    Blunder("end_before_start", "办结时间", ("2001-01-01 10:00",)),
    Blunder("unreadable_number", "办理期限", ("尽快",)),
    Blunder("out_of_range", "办理期限", ("-5",)),
    Blunder("unreadable_flag", "是否保密", ("看情况",)),
)
_SNAP_BLUNDERS = (
    Blunder("out_of_range", "经度", ("1173.62",)),
    Blunder("unreadable_number", "纬度", ("北纬",)),
    Blunder("unreadable_date", "上报时间", ("刚才",)),
)
_PETITION_BLUNDERS = (
    Blunder("required_missing", "登记时间", ("",)),
    Blunder("unreadable_date", "登记时间", ("见来信",)),
)


def write_hotline(
    reported: Reported, folder: Path, book: AnswerBook, *, rng: np.random.Generator
) -> list[Path]:
    """Write the hotline: two workbooks, one sent again, and a text file if there is very much."""
    hotline = reported.only((reported.facts["channel"] == "hotline").to_numpy())
    middle = hotline.facts["at"].max() - pd.Timedelta(days=364)
    older = np.flatnonzero((hotline.facts["at"] < middle).to_numpy())
    newer = np.flatnonzero((hotline.facts["at"] >= middle).to_numpy())
    overflow = np.concatenate([older[:-WORKBOOK_ROWS], newer[:-WORKBOOK_ROWS]])
    paths = [folder / name for name in (
        "05_12345工单_上年_分社区.xlsx", "06_12345工单_近一年_分月.xlsx", "07_12345工单_补报.xlsx",
    )]  # fmt: skip
    _write_by_community(hotline.only(older[-WORKBOOK_ROWS:]), paths[0], book, rng=rng)
    _write_by_month(hotline.only(newer[-WORKBOOK_ROWS:]), paths[1], paths[2], book, rng=rng)
    if len(overflow):
        paths.insert(0, folder / "05_12345工单_历史.csv")
        rest = hotline.only(overflow)
        cells = words.hotline_cells(rest, usual="iso", rng=rng)
        write_text_table(paths[0], cells, rest.answers, book, table="complaints", encoding="gbk")
    return paths


def _write_by_community(
    reported: Reported, path: Path, book: AnswerBook, *, rng: np.random.Generator
) -> None:
    """Write one sheet per community, or per street office where there are very many."""
    group = reported.facts["handler"]
    if group.nunique() > _MOST_SHEETS:
        group = reported.facts["street"]
    cells = words.hotline_cells(reported, usual="slash", rng=rng)
    pages = [
        (str(name), f"{name}12345热线工单台账", np.flatnonzero((group == name).to_numpy()))
        for name in pd.unique(group)
    ]
    _write_pages(path, pages, cells, reported.answers, book)


def _write_by_month(
    reported: Reported, path: Path, again: Path, book: AnswerBook, *, rng: np.random.Generator
) -> None:
    """Write one sheet per month with every blunder, and the last month again with corrections."""
    styles = (*MINUTE_STYLES, "yearless")
    cells = words.hotline_cells(reported, usual="iso", others=styles, rng=rng)
    conflict = Blunder("conflicting_key", "工单编号", (cells["工单编号"].iloc[0],))
    spoilt, answers = plant(
        cells, reported.answers, (*_HOTLINE_BLUNDERS, conflict), rng=rng, spared=2
    )
    month = pd.Series(reported.facts["at"]).dt.strftime("%Y年%m月").to_numpy()
    order = np.arange(len(cells))
    clean = np.flatnonzero((answers["problem"] == "").to_numpy())
    twice = np.sort(rng.choice(clean, min(4, len(clean)), replace=False))
    order = np.sort(np.concatenate([order, twice]), kind="stable")
    repeated = np.flatnonzero(order[1:] == order[:-1]) + 1
    answers = answers.iloc[order].reset_index(drop=True)
    answers.loc[repeated, "problem"] = "identical_row"
    spoilt, month = spoilt.iloc[order].reset_index(drop=True), month[order]
    pages = [
        (str(m), f"街道12345热线工单台账（{m}）", np.flatnonzero(month == m))
        for m in np.unique(month)
    ]
    _write_pages(path, pages, spoilt, answers, book)
    last = pages[-1][2]
    resent = _corrected(cells.iloc[order[last]].reset_index(drop=True))
    _write_pages(
        again,
        [("补报", f"街道12345热线工单台账（{month[-1]}，补报）", np.arange(len(resent)))],
        resent,
        answers.iloc[last].reset_index(drop=True).assign(problem=""),
        book,
    )


def _corrected(cells: pd.DataFrame) -> pd.DataFrame:
    """Close the first tickets that were still open when the month was first sent."""
    open_still = cells["诉求属实"] == ""
    late = open_still & (open_still.cumsum() <= CORRECTED)
    return cells.assign(
        工单状态=cells["工单状态"].mask(late, "已结案"),
        诉求属实=cells["诉求属实"].mask(late, "不属实"),
        处理情况=cells["处理情况"].mask(late, "经核查，未发现反映的问题。"),
    )


def _write_pages(
    path: Path,
    pages: list[tuple[str, str, Positions]],
    cells: pd.DataFrame,
    answers: pd.DataFrame,
    book: AnswerBook,
) -> None:
    sheets = []
    for name, title, rows in pages:
        page = cells.iloc[rows].reset_index(drop=True)
        page["序号"] = np.arange(1, len(page) + 1)
        sheets.append(
            Sheet(
                name=name,
                cells=page,
                answers=answers.iloc[rows],
                groups=words.HOTLINE_GROUPS,
                title=title,
                note="单位：件        制表单位：街道社会治理和应急保障中心",
                total=True,
                footer=_FOOTER,
            )
        )
    write_workbook(path, sheets, book, table="complaints")


def write_other_channels(
    city: City, reported: Reported, folder: Path, book: AnswerBook, *, rng: np.random.Generator
) -> tuple[Path, Path, Path]:
    """Write petitions (GBK), snap-and-report (BD-09, byte-order mark) and education reports."""
    channel = reported.facts["channel"]
    petition, snap, education = (
        reported.only((channel == name).to_numpy()) for name in ("petition", "snap", "education")
    )
    paths = tuple(
        folder / name for name in ("08_信访登记.csv", "09_随手拍.csv", "10_教育局转办.xlsx")
    )
    cells = words.petition_cells(petition, rng=rng)
    answers = petition.answers.assign(key=words.petition_numbers(petition.facts))
    cells, answers = plant(cells, answers, _PETITION_BLUNDERS, rng=rng)
    write_text_table(paths[0], cells, answers, book, table="complaints", encoding="gbk")
    _write_snaps(city, snap, paths[1], book, rng=rng)
    cells = words.education_cells(education, rng=rng)
    sheet = Sheet(name="Sheet1", cells=cells, answers=education.answers)
    write_workbook(paths[2], [sheet], book, table="complaints")
    return paths[0], paths[1], paths[2]


def _write_snaps(
    city: City, snap: Reported, path: Path, book: AnswerBook, *, rng: np.random.Generator
) -> None:
    """Leave half the addresses out, and some points zero or with the axes exchanged."""
    cells = words.snap_cells(city, snap, rng=rng)
    silent = happens(len(cells), share=0.5, rng=rng)
    answers = snap.answers.assign(key=words.snap_numbers(snap.facts))
    answers.loc[silent, ["building_id", "room"]] = ""
    answers.loc[silent, ["level", "style"]] = ["cell", "point"]
    cells.loc[silent, "地址描述"] = ""
    cells, answers = plant(cells, answers, _SNAP_BLUNDERS, rng=rng)
    fine = np.flatnonzero((answers["problem"] == "").to_numpy())
    odd = rng.choice(fine, min(5, len(fine)), replace=False)
    cells.loc[odd[:3], ["经度", "纬度"]] = "0"
    answers.loc[odd[:3], "problem"] = "zero_point"
    cells.loc[odd[3:], ["经度", "纬度"]] = cells.loc[odd[3:], ["纬度", "经度"]].to_numpy()
    answers.loc[odd[3:], "problem"] = "swapped_axes"
    write_text_table(path, cells, answers, book, table="complaints", encoding="utf-8-sig")
