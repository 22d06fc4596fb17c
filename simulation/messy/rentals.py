"""Write the rental filings: yearly sheets, full-width digits, merged cells, identity numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Floats, Objects
from simulation.answers import AnswerBook
from simulation.city import names
from simulation.city.city import City
from simulation.draws import happens
from simulation.messy.addresses import NEAT, say_addresses
from simulation.messy.blunders import Blunder, plant
from simulation.messy.dates import draw_styles, write_moments
from simulation.messy.sheets import WORKBOOK_ROWS, Sheet, write_text_table, write_workbook
from simulation.truth.history import Truth
from simulation.truth.records import Events
from simulation.truth.risk_field import DAYS

_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_CHECK_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_BLUNDERS = (
    Blunder("end_before_start", "租期止", ("2001-01-01", "2002.2.2", "2003/3/3")),
    Blunder("unreadable_number", "月租金(元)", ("面议", "约两千")),
    Blunder("out_of_range", "租赁面积(㎡)", ("-30",)),
    Blunder("unreadable_date", "备案日期", ("去年年底", "补录")),
    Blunder("in_future", "备案日期", ("2099-01-01",)),
    Blunder("not_whole", "居住人数", ("2.5",)),
    Blunder("digits_lost", "备案编号", (202603051234567890.0,)),
)
_FIRM_WORDS = ("企业", "公司", "个体工商户")
_HOME_WORDS = ("居住", "居住", "住宅")
_TRADE_WORDS = ("商业", "办公")


def write_rentals(
    city: City,
    truth: Truth,
    events: Events,
    folder: Path,
    book: AnswerBook,
    *,
    rng: np.random.Generator,
) -> list[Path]:
    """Write every filing: a sheet per year sorted by estate, and older ones as text if many."""
    cells, answers = _cells(city, truth, events, rng=rng)
    old = len(cells) - WORKBOOK_ROWS
    paths = [folder / "11_租赁备案台账.xlsx"]
    if old > 0:
        paths.insert(0, folder / "11_租赁备案台账_历史.csv")
        write_text_table(
            paths[0], cells.iloc[:old], answers.iloc[:old], book, table="rentals", encoding="gbk"
        )
        cells, answers = (f.iloc[old:].reset_index(drop=True) for f in (cells, answers))
    cells, answers = plant(cells, answers, _BLUNDERS, rng=rng)
    _write_yearly(paths[-1], cells, answers, book)
    return paths


def _write_yearly(path: Path, cells: pd.DataFrame, answers: pd.DataFrame, book: AnswerBook) -> None:
    years = np.array([number[number.index("(") + 1 :][:4] for number in answers["key"]])
    sheets = []
    for year in np.unique(years):
        rows = np.flatnonzero(years == year)
        rows = rows[np.argsort(cells["小区"].to_numpy()[rows].astype(str), kind="stable")]
        sheets.append(
            _sheet(cells.iloc[rows].reset_index(drop=True), answers.iloc[rows], str(year))
        )
    write_workbook(path, sheets, book, table="rentals")


def _sheet(cells: pd.DataFrame, answers: pd.DataFrame, year: str) -> Sheet:
    return Sheet(
        name=f"{year}年",
        cells=cells.assign(序号=np.arange(1, len(cells) + 1)),
        answers=answers,
        title=f"街道房屋租赁登记备案台账（{year}年）",
        note="单位：街道流动人口和出租房屋管理办公室    面积单位：平方米    金额单位：元",
        merge_down=("小区",),
        hidden=(3,) if len(cells) > 10 else (),  # noqa: PLR2004 -- enough rows to hide one
        total=True,
        footer="制表人：王样例    审核人：    制表日期：" + year + "年12月",
    )


def _cells(
    city: City, truth: Truth, events: Events, *, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the filings under the register's headers, and what each means."""
    r, count = events.rentals, len(events.rentals)
    only = (*NEAT, "dash", "block_word")
    addresses = say_addresses(city, r["building"].to_numpy(), r, rng=rng, only=only)
    numbers = _filing_numbers(truth.moments(r["filed_day"]))
    lessees = _lessees(truth, r, rng=rng)
    home = (city.buildings["households"] > 0).to_numpy()[r["building"]]
    area = np.round(rng.lognormal(4.5, 0.35, count))
    rent = np.round(area * rng.uniform(14, 30, count), -1)
    cells = {
        "序号": np.arange(1, count + 1),
        "小区": city.buildings["estate"].to_numpy()[r["building"]],
        "备案编号": numbers,
        "房屋坐落": addresses["text"],
        "房屋编码": np.where(happens(count, share=0.6, rng=rng), r["unit_id"], ""),
        "出租人": names.person_names(count, rng=rng),
        "出租人身份证号": identity_numbers(count, rng=rng),
        "承租人": lessees,
        "承租人证件号码": identity_numbers(count, rng=rng),
        "承租人类型": np.where(r["business"], rng.choice(_FIRM_WORDS, count), "个人"),
        "租赁用途": np.where(home, rng.choice(_HOME_WORDS, count), rng.choice(_TRADE_WORDS, count)),
        "租赁面积(㎡)": _spoilt_numbers(area, "平方米", rng=rng),
        "月租金(元)": _spoilt_numbers(rent, "元", rng=rng),
        **_term_cells(truth, r, rng=rng),
        "居住人数": rng.integers(1, 5, count),
        "备案状态": _status(r, rng=rng),
        "备注": rng.choice(["", "", "", "", "续租", "中介：示例房产　"], count),
    }
    return pd.DataFrame(cells, dtype=object), addresses.drop(columns="text").assign(
        key=numbers, problem=""
    )


def _term_cells(truth: Truth, r: pd.DataFrame, *, rng: np.random.Generator) -> dict[str, Objects]:
    """Write begin, end and filing date, in one style within a row."""
    others = ("iso_day", "chinese_day", "serial_day", "cell_day")
    style = draw_styles(len(r), rng=rng, usual="dot_day", others=others, strays=0.3)
    days = {"租期起": "start_day", "租期止": "end_day", "备案日期": "filed_day"}
    return {head: write_moments(truth.moments(r[day]), style) for head, day in days.items()}


def _filing_numbers(filed: NDArray[np.datetime64]) -> list[str]:
    years = pd.Series(filed).dt.year.to_numpy()
    return [f"云房租备({year})第{i + 1:05d}号" for i, year in enumerate(years)]


def _lessees(truth: Truth, r: pd.DataFrame, *, rng: np.random.Generator) -> Objects:
    """Name tenants; a tutor's firm or person is the same wherever it rents."""
    people = names.person_names(int(r["lessee"].max()) + 1, rng=rng)[r["lessee"]]
    operator = np.append(truth.sites["operator"].to_numpy(), -1)[r["site"].to_numpy()]
    firms = names.company_names(max(1, int(operator.max()) + 1 + len(r)), rng=rng)
    firm = np.where(operator >= 0, operator, int(operator.max()) + 1 + np.arange(len(r)))
    return np.where(r["business"], firms[firm], people).astype(object)


def _status(r: pd.DataFrame, *, rng: np.random.Generator) -> Objects:
    ended = (r["end_day"] < DAYS).to_numpy()
    words = rng.choice(["有效", "正常", "有效"], len(r))
    ended_words = rng.choice(["到期", "已到期", "注销"], len(r), p=[0.6, 0.2, 0.2])
    return np.where(ended, ended_words, words).astype(object)


def _spoilt_numbers(values: Floats, unit: str, *, rng: np.random.Generator) -> Objects:
    """Write numbers as numbers, as text, with their unit, or in full-width digits."""
    dice = rng.integers(0, 10, len(values))
    return np.array(
        [
            f"{v:g}".translate(_FULL_WIDTH) if d == 0 else f"{v:g}{unit}" if d == 1
            else f"{v:g}" if d == 2 else float(v)  # noqa: PLR2004 -- one in ten each
            for v, d in zip(values, dice, strict=True)
        ],
        dtype=object,
    )  # fmt: skip


def identity_numbers(count: int, *, rng: np.random.Generator) -> list[str]:
    """Return well-formed identity numbers of an area that does not exist (370998)."""
    birth = np.datetime64("1960-01-01") + rng.integers(0, 15_000, count).astype("timedelta64[D]")
    bodies = [
        f"{names.DISTRICT_CODE}{day.replace('-', '')}{order:03d}"
        for day, order in zip(birth.astype(str), rng.integers(0, 1_000, count), strict=True)
    ]
    digits = np.array([list(body) for body in bodies], dtype=int)
    check = "10X98765432"
    return [b + check[c] for b, c in zip(bodies, digits @ _CHECK_WEIGHTS % 11, strict=True)]
