"""The list of a day: what is due, what comes again, and some that chance put between them."""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import SOMETHING, NextStep
from geo.routes.order import walking_order
from geo.shapes.projection import distances_m
from governance.visits.rules.settings import VisitRules

ROUND, RETRY, REVISIT = "round", "retry", "revisit"
WARDEN_STEPS: Final = (NextStep.AGAIN, NextStep.JOINT_TEAM)
"""Next steps that the warden takes; the others are the chief's."""
CHIEF_STEPS: Final = (*WARDEN_STEPS, NextStep.CHIEF_LOOKS, NextStep.REFER)
WHY: Final = (ROUND, RETRY, REVISIT)
"""Why a building is on the list. What is due and what chance put there are told alike: an
ordinary round."""
_DIGEST_RANGE: Final = float(1 << 64)


@dataclass(frozen=True, slots=True)
class RandomSample:
    """Chance, the same for everybody who asks: a keyed hash of day and building.

    ``secret``: the workspace's; whoever lacks it cannot tell what is drawn.
    """

    secret: bytes

    def of(self, building_id: str, *, on: date) -> float:
        """Return a number from 0 up to 1 for a building and day."""
        text = f"visits|{on.isoformat()}|{building_id}".encode()
        digest = hmac.new(self.secret, text, hashlib.sha256).digest()
        return int.from_bytes(digest[:8], "big") / _DIGEST_RANGE


def due_dates(buildings: pd.DataFrame, *, rules: VisitRules) -> pd.Series:
    """Return when each building is due by its tier and last visit; NaT where never visited.

    ``buildings``: ``tier``, ``last_at`` (local, NaT for never) and ``last_result``.
    """
    days = buildings["tier"].map(rules.cadence_days).astype(int)
    again = buildings["last_result"].isin(SOMETHING)
    days = days.mask(again, days.clip(upper=rules.revisit_days))
    due: pd.Series = buildings["last_at"].dt.normalize() + pd.to_timedelta(days, unit="D")
    return due


def list_of_day(
    buildings: pd.DataFrame,
    *,
    on: date,
    rules: VisitRules,
    draw: RandomSample,
    steps: Collection[str] = WARDEN_STEPS,
    planned: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the buildings with what makes the list of a day, today's first in walking order.

    Where a plan sends the person somewhere that day, appointments come first, then the plan's
    stops in its order, told as an ordinary round; then the rest. Nothing else is listed so soon
    after a visit (`is_rested`), neither what is due nor what chance draws.

    ``buildings``: ``building_id, tier, lon, lat, last_at, last_result, next_step, retry_at`` as
    known when the day began, so that the list stays the same while the day's visits come in.
    ``steps``: next steps that are this person's to take.
    ``planned``: buildings that a published plan sends the person to that day, in its order.

    Returns the same rows with ``today, why, order`` (1 and up, 0 for the rest), ``due_on`` (NaT
    where never visited), ``days_late`` (0 and up) and ``walk_m`` from the one before.
    """
    day = pd.Timestamp(on)
    due = due_dates(buildings, rules=rules)
    late = (day - due).dt.days.fillna(0).clip(lower=0).astype(int)
    retry = buildings["retry_at"].notna() & (buildings["retry_at"] < day + timedelta(days=1))
    retry &= buildings["next_step"].isin(steps)
    rested = is_rested(buildings["last_at"], on=on, rules=rules)
    again = rested & (due.isna() | (due <= day))
    revisit = again & buildings["last_result"].isin(SOMETHING)
    why = np.select([retry, revisit, again], [RETRY, REVISIT, ROUND], "")
    listed = buildings.assign(why=why, due_on=due, days_late=late, rested=rested)
    chosen = _chosen(listed, on=on, rules=rules, draw=draw, planned=planned)
    today = listed["building_id"].isin(chosen)
    shown = listed["why"].mask(listed["why"] == "", ROUND).where(today, "")
    return _walked(listed.drop(columns="rested").assign(today=today, why=shown), planned)


def is_rested(last_at: pd.Series, *, on: date, rules: VisitRules) -> pd.Series:
    """Say where the last visit is ``least_days_between`` days past, or there was none.

    Seen yesterday, nothing found and on the list again could mean only one thing, were it not a
    rule for all.
    """
    since: pd.Series = (pd.Timestamp(on) - last_at.dt.normalize()).dt.days
    return since.isna() | (since >= rules.least_days_between)


def mark_today(
    listed: pd.DataFrame, *, began: datetime, end: datetime, steps: Collection[str]
) -> pd.DataFrame:
    """Mark what was visited that day, and add what got an appointment for later that day.

    ``listed``: as `list_of_day` gives it, with the last visit to each as known when the day ends.
    ``began``, ``end``: local midnights around the day.
    ``steps``: next steps that are this person's to take.
    """
    visited = listed["last_at"] >= began
    again = visited & listed["retry_at"].notna() & (listed["retry_at"] < end)
    again &= listed["next_step"].isin(steps)
    added = again & ~listed["today"]
    place = listed["order"].max() + added.cumsum()
    return listed.assign(
        today=listed["today"] | again,
        why=listed["why"].mask(again, RETRY),
        order=listed["order"].mask(added, place).astype(int),
        done=visited & ~again,
    ).sort_values(["today", "order"], ascending=[False, True], kind="stable", ignore_index=True)


def _chosen(
    listed: pd.DataFrame, *, on: date, rules: VisitRules, draw: RandomSample, planned: Sequence[str]
) -> set[str]:
    """Choose what is planned, then what is due, most pressing first, and what chance adds.

    At most so many a day, unless more are planned.
    """
    ids = listed["building_id"].to_numpy(object)
    sent = {*planned} & {*ids}
    chance = np.array([draw.of(building, on=on) for building in ids])
    pressing = _pressing(listed, rules)
    most = max(rules.most_a_day - len(sent), 0)
    open_ = ~listed["building_id"].isin(sent).to_numpy()
    due = np.flatnonzero((listed["why"] != "") & open_)
    free = np.flatnonzero((listed["why"] == "") & listed["rested"] & open_)
    drawn = free[np.lexsort((ids[free], chance[free]))]
    least = min(rules.least_ordinary, most, len(drawn))
    ordinary = max(least, int((chance[drawn] < rules.draw_a_day).sum()))
    ordinary = min(ordinary, max(least, most - len(due)))
    in_order = due[np.lexsort((ids[due], chance[due], -pressing[due]))]
    return {*sent, *ids[drawn[:ordinary]], *ids[in_order[: most - ordinary]]}


def _pressing(listed: pd.DataFrame, rules: VisitRules) -> np.ndarray:
    """Return how pressing each is: appointments, then re-visits, then lateness by cadence."""
    cadence = listed["tier"].map(rules.cadence_days).to_numpy(float)
    lateness = np.where(listed["due_on"].isna(), 1.0, listed["days_late"] / cadence)
    step = listed["why"].map({RETRY: 2e6, REVISIT: 1e6}).fillna(0.0).to_numpy()
    urgent = 1.0 / cadence  # of two that are equally late the higher tier
    pressing: np.ndarray = step + np.minimum(lateness, 1e3) * 100 + urgent
    return pressing


def _walked(listed: pd.DataFrame, planned: Sequence[str]) -> pd.DataFrame:
    """Put today's first, in walking order from the most pressing; the rest by code."""
    today, rest = listed[listed["today"]], listed[~listed["today"]].sort_values("building_id")
    walked = _in_order(today, planned) if planned else _walk(today)
    walked = walked.assign(order=range(1, len(walked) + 1), walk_m=_legs_m(walked))
    rest = rest.assign(order=0, walk_m=np.nan)
    return pd.concat([walked, rest], ignore_index=True)


def _in_order(today: pd.DataFrame, planned: Sequence[str]) -> pd.DataFrame:
    """Put what is planned first, in the plan's order, then appointments, then the rest.

    A page shows a team's route above the other buildings: their numbers go on after it.
    """
    place = {building: number for number, building in enumerate(dict.fromkeys(planned))}
    sent = today["building_id"].isin(place)
    stops = today.assign(place=today["building_id"].map(place))[sent].sort_values("place")
    retry = today["why"] == RETRY
    parts = [stops.drop(columns="place"), _walk(today[retry & ~sent]), _walk(today[~retry & ~sent])]
    return pd.concat([part for part in parts if len(part)] or parts[:1])


def _walk(today: pd.DataFrame) -> pd.DataFrame:
    """Put buildings in walking order from the most pressing."""
    ordered = today.sort_values(
        ["days_late", "building_id"], ascending=[False, True], kind="stable"
    )
    lon, lat = (ordered[name].to_numpy(float) for name in ("lon", "lat"))
    return ordered.iloc[walking_order(lon, lat)]


def _legs_m(walked: pd.DataFrame) -> np.ndarray:
    """Return the straight way to each placed building from the placed one before, metres."""
    legs = np.full(len(walked), np.nan)
    lon, lat = (walked[name].to_numpy(float) for name in ("lon", "lat"))
    known = np.flatnonzero(np.isfinite(lon + lat))
    lon, lat = lon[known], lat[known]
    legs[known[1:]] = distances_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return legs


def is_drawn(building_id: str, *, on: date, rules: VisitRules, draw: RandomSample) -> bool:
    """Say whether chance put a building on the lists of a day."""
    return draw.of(building_id, on=on) < rules.draw_a_day
