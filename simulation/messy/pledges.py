"""Write the list of responsibilities: building heads, pledges, and one grid given twice."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.answers import AnswerBook
from simulation.city.city import City
from simulation.draws import happens
from simulation.messy.dates import draw_styles, write_moments
from simulation.messy.sheets import Sheet, write_workbook
from simulation.truth.records import Events

BUSINESS = ("商务楼宇", "商住", "商铺", "酒店", "厂房")
LISTED, SIGNED = 0.97, 0.96
"""Shares of business buildings that are on the list, and of those on it that have pledged."""
COLUMNS = ("kind", "target", "duty", "person", "org", "pledge", "since", "until")
NEVER = np.datetime64("NaT", "D")


def write_assignments(
    city: City, events: Events, path: Path, book: AnswerBook, *, today: date,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Write the office's list of who answers for what, with gaps, an overlap and an old line."""
    rows = pd.concat(
        [
            _pledges(city, today=today, rng=rng),
            _heads(city, events, today=today),
            _doubled(city, events, today=today),
        ],
        ignore_index=True,
    )
    cells = _cells(rows, today=today, rng=rng)
    answers = pd.DataFrame({"key": cells["责任编号"], "problem": ""})
    stray = len(cells)
    cells.loc[stray] = ["", "楼栋", "", "产权人", "", "示例置业有限公司", "", "", ""]
    answers.loc[stray] = ["", "required_missing"]
    sheet = Sheet(
        name="包保责任", cells=cells, answers=answers, title="隐形变异培训防范治理包保责任清单"
    )
    write_workbook(path, [sheet], book, table="assignments")


def _cells(rows: pd.DataFrame, *, today: date, rng: np.random.Generator) -> pd.DataFrame:
    """Write lines under the headers of the office, its dates in several styles."""
    styles = draw_styles(len(rows), rng=rng, usual="dot_day", others=("cell_day", "chinese_day"))
    days = {
        name: write_moments(rows[name].to_numpy(dtype="datetime64[D]"), styles)
        for name in ("pledge", "since", "until")
    }
    return pd.DataFrame(
        {
            "责任编号": [f"BB-{today:%Y}-{n + 1:05d}" for n in range(len(rows))],
            "对象类型": rows["kind"],
            "责任对象": rows["target"],
            "责任类型": rows["duty"].replace({"楼长": "楼栋长"}),
            "责任人编号": rows["person"],
            "责任单位": rows["org"],
            "承诺书签订日期": days["pledge"],
            "生效日期": days["since"],
            "失效日期": days["until"],
        },
        dtype=object,
    )


def _pledges(city: City, *, today: date, rng: np.random.Generator) -> pd.DataFrame:
    """List owners and managing companies of business buildings; some are missing, some unsigned."""
    buildings = city.buildings
    business = buildings[buildings["kind"].isin(BUSINESS)]
    parts = []
    # Where no company was hired, the owner manages the building.
    manager = business["manager_org"].fillna("")
    business = business.assign(manager_org=manager.where(manager.ne(""), business["owner_org"]))
    for duty, org in (("产权人", "owner_org"), ("受委托管理单位", "manager_org")):
        named = business[business[org].fillna("").ne("") & business[org].ne("个人")]
        listed = named[happens(len(named), share=LISTED, rng=rng)]
        ago = rng.integers(20, 400, len(listed)).astype("timedelta64[D]")
        signed = happens(len(listed), share=SIGNED, rng=rng)
        since = np.datetime64(today) - ago
        parts.append(
            pd.DataFrame(
                {
                    "kind": "楼栋", "target": listed["building_id"].to_numpy(), "duty": duty,
                    "person": "", "org": listed[org].to_numpy(),
                    "pledge": np.where(signed, since, NEVER), "since": since, "until": NEVER,
                }
            )
        )  # fmt: skip
    return pd.concat(parts)


def _heads(city: City, events: Events, *, today: date) -> pd.DataFrame:
    """Give each building head their own grid; grids without one go round those of the community."""
    heads = events.persons[events.persons["role"] == "楼长"]
    grid, community = (city.buildings[name].to_numpy() for name in ("grid", "community"))
    buildings = heads["building"].to_numpy()
    rows = [
        (number, person)
        for number, person in zip(buildings, heads["person_id"], strict=True)
        for number in (number, *np.setdiff1d(np.flatnonzero(grid == grid[number]), buildings))
    ]
    for code in np.unique(community):
        near = heads["person_id"].to_numpy()[community[buildings] == code]
        without = np.setdiff1d(grid[community == code], grid[buildings])
        rows += [
            (number, near[turn % len(near)])
            for turn, each in enumerate(without if len(near) else ())
            for number in np.flatnonzero(grid == each)
        ]
    first = pd.DataFrame(rows, columns=["building", "person"]).drop_duplicates("building")
    ids = city.buildings["building_id"].to_numpy()
    return pd.DataFrame(
        {
            "kind": "楼栋", "target": ids[first["building"].to_numpy(dtype=np.intp)],
            "duty": "楼长", "person": first["person"].to_numpy(), "org": "", "pledge": NEVER,
            "since": np.datetime64(today) - np.timedelta64(300, "D"), "until": NEVER,
        }
    )  # fmt: skip


def _doubled(city: City, events: Events, *, today: date) -> pd.DataFrame:
    """Name two wardens for one grid by mistake, and keep a line that has ended."""
    wardens = events.persons.loc[events.persons["role"] == "网格员", "person_id"].to_numpy()
    code = city.grids["grid_code"].to_numpy()[-1]
    warden = events.duties["warden_id"].to_numpy()[-1]
    other = wardens[wardens != warden][-1:]
    year = np.datetime64(today) - np.timedelta64(365, "D")
    people = [warden, *other, warden]
    return pd.DataFrame(
        {
            "kind": "网格", "target": code, "duty": ["网格员"] * len(people), "person": people,
            "org": "", "pledge": NEVER, "since": [year] * (len(people) - 1) + [year - 365],
            "until": [NEVER] * (len(people) - 1) + [year],
        }
    )  # fmt: skip
