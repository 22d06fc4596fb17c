"""Invent the street office's staff: leaders, grid chiefs, wardens, building heads, managers."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.city import names
from simulation.city.city import City
from simulation.draws import happens

Orgs = NDArray[np.object_] | NDArray[np.str_]

_HEADS_PER_BUILDING = 1 / 60
_TITLES = {
    "包片领导": "街道党工委委员",
    "网格长": "社区党组织书记",
    "网格员": "专职网格员",
    "楼长": "楼长",
    "物业负责人": "项目经理",
    "热线专员": "热线办科员",
    "执法人员": "执法中队队员",
}


def appoint(
    city: City, *, start: date, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the persons and, aligned with the grids, leader_id, chief_id and warden_id.

    `persons`: person_id, name, role, org, title, phone, active, from_date, to_date, grid (of a
    warden, -1 otherwise), building (of a building head, -1 otherwise).
    """
    warden = np.arange(len(city.grids)) * 2 // 3
    first_grid = np.unique(warden, return_index=True)[1]
    homes = np.flatnonzero(city.buildings["households"] > 0)
    heads = round(_HEADS_PER_BUILDING * len(city.buildings))
    headed = np.sort(rng.choice(homes, min(heads, len(homes)), replace=False))
    persons = _person_frame(_posts(city, first_grid, headed), start=start, rng=rng)
    persons = persons.assign(grid=-1, building=-1)
    persons.loc[persons["role"] == "网格员", "grid"] = first_grid
    persons.loc[persons["role"] == "楼长", "building"] = headed
    by_role = {role: part["person_id"].to_numpy() for role, part in persons.groupby("role")}
    chief = city.grids["owner"].to_numpy()
    leaders = by_role["包片领导"]
    duties = pd.DataFrame(
        {
            "leader_id": leaders[chief // 3 % len(leaders)],
            "chief_id": by_role["网格长"][chief],
            "warden_id": by_role["网格员"][warden],
        }
    )
    return persons, duties


def _posts(
    city: City, first_grid: NDArray[np.intp], headed: NDArray[np.intp]
) -> list[tuple[str, Orgs]]:
    """Return each role with where its holders work, one entry per person."""
    communities = city.communities
    streets = communities["street"].unique()
    owner = city.buildings["community"].to_numpy()
    managers = sorted(set(city.buildings["manager_org"]) - {""})
    return [
        ("包片领导", np.repeat(streets, 4)),
        ("网格长", communities["community"].to_numpy()),
        ("网格员", city.grids["community"].to_numpy()[first_grid]),
        ("楼长", communities["community"].to_numpy()[owner[headed]]),
        ("物业负责人", np.array(managers, dtype=object)),
        ("热线专员", np.repeat(streets, 2)),
        ("执法人员", np.repeat(f"{names.DISTRICT}教育和体育局", 3)),
    ]


def _someone_who_left(role: Orgs, left: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return a warden to let go where all would have stayed: every office has buildings waiting."""
    wardens = np.flatnonzero(role == "网格员")
    return wardens[len(wardens) // 2 :][:1] if not left[wardens].any() else wardens[:0]


def _person_frame(
    roles: list[tuple[str, Orgs]], *, start: date, rng: np.random.Generator
) -> pd.DataFrame:
    role = np.concatenate([np.repeat(name, len(orgs)) for name, orgs in roles])
    count = len(role)
    since = np.datetime64(start) - rng.integers(30, 1_500, count).astype("timedelta64[D]")
    left = happens(count, share=0.03, rng=rng)
    left[_someone_who_left(role, left)] = True
    left[role == "网格长"] = False  # a community's secretary is replaced the same day
    left_on = np.datetime64(start) + rng.integers(200, 700, count).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "person_id": [f"P{i + 1:04d}" for i in range(count)],
            "name": names.person_names(count, rng=rng),
            "role": role,
            "org": np.concatenate([orgs for _, orgs in roles]),
            "title": [_TITLES[name] for name in role],
            "phone": names.phone_numbers(10_000)[(np.arange(count) + 5_000) % 10_000],
            "active": ~left,
            "from_date": since,
            "to_date": np.where(left, left_on, np.datetime64("NaT")),
        }
    )
