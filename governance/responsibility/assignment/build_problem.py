"""Turn an office's tables into an instance of who could take which building."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data.contracts.vocabulary import Duty, StaffRole
from geo.errors import GridwardenError
from geo.shapes.projection import offsets_m
from governance.responsibility.assignment.constraints import AssignmentLimits
from governance.responsibility.assignment.solver.problem import NOBODY, Bools, Floats, Instance
from governance.responsibility.duty_register import DutyRegister
from governance.responsibility.resolve import STORE, texts_of

LIFT_FROM = 7
"""Buildings of so many storeys have a lift by the residential design code, unless noted."""
MOST_RISK = 20.0
"""A single building never counts as more than this many times the mean risk."""
MOST_MOVED = 0.10


class AssignmentError(GridwardenError):
    """An assignment cannot be proposed or approved so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentOptions:
    """What a planner asks for."""

    stickiness: float = 0.5
    """0 shares out afresh, 1 moves nothing that has a warden."""
    seed: int = 0
    """Places wardens who have no building yet."""
    communities: tuple[str, ...] = ()
    """Codes of communities; empty for all that the actor may see."""
    absent: tuple[str, ...] = ()
    """Persons who get nothing, besides those who are noted as away or have left."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Building → person it must go to."""
    valid_from: date | None = None
    """First day on which it would hold; today when None."""
    most_moved: float | None = None
    """Largest share of the buildings of those who stay that may change hands; None for no limit, or
    for a tenth when somebody is absent.
    """
    curve: bool = True
    """Whether to work out what other degrees of stickiness would give."""

    def __post_init__(self) -> None:
        """Refuse a degree of stickiness or a share outside 0 to 1."""
        shares = (self.stickiness, 0.0 if self.most_moved is None else self.most_moved)
        if not all(0 <= share <= 1 for share in shares):
            raise AssignmentError("assignment_option", seen=shares)

    @property
    def limit(self) -> float | None:
        """Return the largest share of others' buildings that may move."""
        return MOST_MOVED if self.most_moved is None and self.absent else self.most_moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """An instance with what its numbers stand for."""

    instance: Instance
    buildings: pd.DataFrame
    """The rows, in the instance's order."""
    wardens: tuple[str, ...]
    """Person ids in the instance's order; those who cannot take anything come along."""
    held_by: np.ndarray[Any, Any]
    """The person each building has now, empty for none."""


def gather_inputs(
    register: DutyRegister,
    buildings: pd.DataFrame,
    *,
    score: pd.Series[Any],
    limits: AssignmentLimits,
    options: AssignmentOptions,
) -> Inputs:
    """Turn tables into an instance.

    ``register``: duties on the first day of the assignment.
    ``buildings``: rows of `register.buildings` to share out.
    ``score``: risk score by building id; empty when nothing was scored.
    ``limits``: what is noted about wardens and buildings.
    ``options``: what the planner asks for.

    Raises `AssignmentError`: ``no_wardens`` when no warden could take any of the buildings;
    ``person_unknown``, ``building_unknown`` or ``fixed_person_absent`` for fixed pairs that cannot
    be.
    """
    buildings = buildings.reset_index(drop=True)
    ids = buildings["building_id"]
    areas = buildings["community_code"].fillna("")
    area_codes, area = np.unique(areas.to_numpy(dtype=object).astype(str), return_inverse=True)
    held = np.array(texts_of(ids, register.holders(Duty.WARDEN)), dtype=str)
    posts = _posts(register, buildings, areas, held)
    away = limits.away(register.on) | set(options.absent)
    on_duty = set(register.staff.loc[register.staff["active"], "person_id"]) - away
    known = set(ids.to_numpy(object))
    fixed = _fixed_pairs(known, on_duty, limits) | dict(options.fixed)
    wardens = tuple(sorted((set(posts["person_id"]) & _wardens(register)) | set(fixed.values())))
    if not any(person in on_duty for person in wardens):
        raise AssignmentError("no_wardens", what_to_do="import persons and grids")
    _check(register, known, options, on_duty)
    number = {person: index for index, person in enumerate(wardens)}
    x_m, y_m = _flat(buildings)
    instance = Instance(
        x_m=x_m,
        y_m=y_m,
        load=work_of(buildings, score),
        area=area.astype(np.int64),
        serves=_serves(posts, area_codes, number),
        present=np.array([number.get(p, NOBODY) for p in held], dtype=np.int64),
        available=np.array([person in on_duty for person in wardens]),
        fixed=np.array([number.get(each, NOBODY) for each in texts_of(ids, fixed)], dtype=np.int64),
        barred=_barred(buildings, wardens, limits),
    )
    return Inputs(instance=instance, buildings=buildings, wardens=wardens, held_by=held)


def _serves(
    posts: pd.DataFrame, area_codes: np.ndarray[Any, Any], number: Mapping[str, int]
) -> np.ndarray[Any, Any]:
    """Return area × warden: who serves where."""
    serves = np.zeros((len(area_codes), len(number)), dtype=bool)
    posts = posts[posts["person_id"].isin(number) & posts["area"].ne("")]
    areas = np.searchsorted(area_codes, posts["area"].to_numpy(dtype=object).astype(str))
    serves[areas, posts["person_id"].map(number)] = True
    return serves


def work_of(buildings: pd.DataFrame, score: pd.Series[Any]) -> Floats:
    """Return the time a building needs: one base visit, and as much again at the mean risk.

    Without a score the number of households stands in for risk.
    """
    risk = buildings["building_id"].map(score).astype("float64") if len(score) else None
    if risk is None or not risk.gt(0).any():
        risk = buildings["household_count"].astype("float64")
    values = risk.fillna(0.0).clip(lower=0.0).to_numpy(dtype=np.float64)
    mean = values.mean() if len(values) and values.mean() > 0 else 1.0
    return np.asarray(1.0 + np.minimum(values / mean, MOST_RISK), dtype=np.float64)


def _wardens(register: DutyRegister) -> set[str]:
    return set(register.staff.loc[register.staff["role"] == StaffRole.WARDEN, "person_id"])


def _posts(
    register: DutyRegister,
    buildings: pd.DataFrame,
    areas: pd.Series[Any],
    held: np.ndarray[Any, Any],
) -> pd.DataFrame:
    """Return where each warden may work: ``person_id, area``.

    Where the grids or decisions for grids and communities put them, else where their organisation
    is, else where they have buildings.
    """
    claims = register.claims[register.claims["duty"] == Duty.WARDEN]
    claims = claims[claims["person_id"].ne("")]
    codes = buildings[["grid_code", "community_code", "building_id"]].assign(area=areas)
    wide = claims[claims["target_kind"].isin(["grid", "community"])]
    parts = [
        wide[wide["target_kind"] == kind].merge(
            codes.drop_duplicates([column, "area"]), left_on="target_id", right_on=column
        )[["person_id", "area"]]
        for kind, column in (("grid", "grid_code"), ("community", "community_code"))
    ]
    posted = pd.concat(parts)
    single = claims[(claims["layer"] == STORE) & (claims["target_kind"] == "building")]
    posts = pd.DataFrame({"person_id": held, "area": areas})
    posts = posts[
        posts["person_id"].ne("") & ~posts["person_id"].isin(posted["person_id"].unique())
    ]
    named = _by_organisation(register, codes)
    named = named[~named["person_id"].isin(posted["person_id"].unique())]
    at_home = ~posts["person_id"].isin(named["person_id"].unique())
    posts = posts[at_home | posts["person_id"].isin(single["person_id"].unique())]
    return pd.concat([posted, named, posts]).drop_duplicates().reset_index(drop=True)


def _by_organisation(register: DutyRegister, codes: pd.DataFrame) -> pd.DataFrame:
    """Match a warden's organisation with the name of a community."""
    if register.communities.empty:
        return pd.DataFrame({"person_id": pd.Series(dtype="str"), "area": pd.Series(dtype="str")})
    staff = register.staff[register.staff["role"] == StaffRole.WARDEN]
    area = staff["org"].map(register.communities)
    posts = pd.DataFrame({"person_id": staff["person_id"], "area": area}).dropna()
    return posts[posts["area"].isin(codes["area"].unique())]


def _fixed_pairs(ids: set[str], on_duty: set[str], limits: AssignmentLimits) -> dict[str, str]:
    """Return the noted pairs that can be kept; one with who is away waits for their return."""
    noted = limits.buildings.dropna(subset=["fixed_person_id"])
    pairs = zip(noted["building_id"], noted["fixed_person_id"], strict=True)
    return {b: p for b, p in pairs if p in on_duty and b in ids}


def _check(
    register: DutyRegister, ids: set[str], options: AssignmentOptions, on_duty: set[str]
) -> None:
    """Refuse names that nobody has, and pairs with those who are away."""
    staff, takers = set(register.staff["person_id"]), set(options.fixed.values())
    for code, unusable in (
        ("person_unknown", (takers | {*options.absent}) - staff),
        ("building_unknown", {*options.fixed} - ids),
        ("fixed_person_absent", takers - on_duty),
    ):
        if unusable:
            raise AssignmentError(code, seen=", ".join(sorted(unusable)))


def _barred(
    buildings: pd.DataFrame, wardens: tuple[str, ...], limits: AssignmentLimits
) -> Bools | None:
    """Return which pairs stairs or languages forbid; None when nothing is noted."""
    needs = limits.buildings.set_index("building_id")
    noted = limits.wardens[limits.wardens["person_id"].isin(wardens)].set_index("person_id")
    if noted.empty and not needs["languages"].map(bool).any():
        return None
    ids = buildings["building_id"]
    floors = buildings["floors"].fillna(0).astype("float64").to_numpy()
    lift = ids.map(needs["lift"].dropna()).astype("object").to_numpy()
    has_lift = np.where(pd.isna(lift), floors >= LIFT_FROM, lift == True)  # noqa: E712 -- may be missing
    stairs = np.where(has_lift, 0.0, floors)
    most = np.array(
        [noted["max_stairs"].get(person, np.nan) for person in wardens], dtype=np.float64
    )
    barred: Bools = stairs[:, None] > np.where(np.isnan(most), np.inf, most)
    languages = [set(noted["languages"].get(person, ())) for person in wardens]
    for building, wanted in needs["languages"][needs["languages"].map(bool)].items():
        speaks = np.array([set(wanted) <= known for known in languages])
        barred[(ids == building).to_numpy()] |= ~speaks
    return barred


def _flat(buildings: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return metres east and north; what has no place stands amid its grid or community."""
    placed = buildings[["lon", "lat"]].astype("float64")
    for column in ("grid_code", "community_code"):
        means = placed.groupby(buildings[column].fillna("")).transform("mean")
        placed = placed.fillna(means)
    placed = placed.fillna(placed.mean()).fillna(0.0)
    lat0 = float(placed["lat"].mean()) if len(placed) else 0.0
    lon0 = float(placed["lon"].mean()) if len(placed) else 0.0
    flat = offsets_m(placed["lon"], placed["lat"], origin=(lon0, lat0))
    return flat[:, 0], flat[:, 1]
