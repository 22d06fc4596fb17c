"""Simulate inspections: of complaints, of routine rounds, and in campaigns."""

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints
from simulation.draws import happens
from simulation.truth.behaviour import DAY_SEES
from simulation.truth.reports import NOT_OUR_BUSINESS
from simulation.truth.risk_field import month_of
from simulation.truth.sites import Town, draw_weighted, last_days, open_sites, week_of_year

RESULTS = ("未发现异常", "疑似", "属实", "拒不开门", "无人", "未能进入")
NOTHING, SUSPECTED, FOUND, REFUSED, NOBODY, NO_ENTRY = range(len(RESULTS))
PURPOSES = ("例行巡查", "投诉核查", "回头看", "专项行动", "随机抽查")
"""What an office calls visits, by reason."""
REASONS = ("patrol", "complaint", "revisit", "campaign", "spot")
PATROL, COMPLAINT, REVISIT, CAMPAIGN, SPOT = range(len(REASONS))
_AT_NIGHT = np.array([0.12, 0.4, 0.4, 0.35, 0.2])
_FOUND_BY_DAY = np.array([0.10, 0.34, 0.30, 0.24, 0.14])
_FOUND_BY_NIGHT = np.array([0.26, 0.52, 0.45, 0.45, 0.30])
_IF_MISSED = np.array([0.55, 0.12, 0.0, 0.15, 0.12, 0.06])
_IF_EMPTY = np.array([0.82, 0.02, 0.0, 0.02, 0.10, 0.04])
SUSPECTS_MISSED, SUSPECTS_EMPTY = float(_IF_MISSED[SUSPECTED]), float(_IF_EMPTY[SUSPECTED])
"""How often a visit suspects something where it missed a site, and where there is none."""


def plan_follow_ups(town: Town, reports: pd.DataFrame) -> None:
    """Put most buildings that were reported this week on the list of the days that follow."""
    rng = town.rng
    wanted = reports[reports["about"] != NOT_OUR_BUSINESS].drop_duplicates("building")
    wanted = wanted[happens(len(wanted), share=town.behaviour.follow_up_share, rng=rng)]
    days = wanted["day"].to_numpy() + rng.integers(1, 9, len(wanted))
    town.due.append((days, wanted["building"].to_numpy(), COMPLAINT))


def visit(town: Town, day: int) -> pd.DataFrame:
    """Send people out: follow-ups, walks along the beaten path, campaigns and spot checks."""
    rng = town.rng
    places, reasons, days = [], [], []
    for when, where, why in fall_due(town, day):
        places.append(where)
        days.append(when)
        reasons.append(np.full(len(where), why))
    thousands = len(town.seen) / 1_000
    known = town.effort * (1.0 + 2.0 * np.minimum(town.seen, 4))
    for why, weights, count in (
        (PATROL, known, rng.poisson(town.behaviour.patrols * thousands)),
        (SPOT, np.ones(len(known)), rng.poisson(town.behaviour.spot_checks * thousands)),
        (CAMPAIGN, *_campaign(town, day, known)),
    ):
        places.append(draw_weighted(weights, count, rng))
        days.append(day + rng.integers(0, 7, count))
        reasons.append(np.full(count, why))
    if town.behaviour.rota:
        places.append(_longest_unvisited(town, day))
        days.append(day + rng.integers(0, 7, len(places[-1])))
        reasons.append(np.full(len(places[-1]), PATROL))
    frame = pd.DataFrame(
        {"day": np.concatenate(days), "building": np.concatenate(places),
         "reason": np.concatenate(reasons)}
    )  # fmt: skip
    return _look_as_usual(town, frame, day)


def _longest_unvisited(town: Town, day: int) -> Ints:
    """Return the places whose turn it is, the longest unvisited first, give or take two months."""
    rng, count = town.rng, len(town.seen)
    wait = day - town.last_visit + rng.normal(0.0, 60.0, count)
    turn = min(rng.poisson(town.behaviour.rota * count / 1_000), count)
    return np.argsort(-wait, kind="stable")[:turn].astype(np.int64)


def fall_due(town: Town, day: int) -> list[tuple[Ints, Ints, int]]:
    """Take days, buildings and reason of the visits due in the week out of the town's list."""
    now = [(d[d < day + 7], b[d < day + 7], why) for d, b, why in town.due]
    later = [(d[d >= day + 7], b[d >= day + 7], why) for d, b, why in town.due]
    town.due = [item for item in later if len(item[0])]
    return now


def _campaign(town: Town, day: int, known: Floats) -> tuple[Floats, int]:
    """In holiday weeks sweep one grid in fourteen."""
    if week_of_year(town, day) not in town.behaviour.campaign_weeks:
        return known, 0
    grid = town.city.buildings["grid"].to_numpy()
    swept = happens(len(town.city.grids), share=1 / 14, rng=town.rng)
    weights = np.where(swept[grid], 1.0, 0.0) + 1e-9
    return weights, round(0.6 * float(swept[grid].sum()))


def _look_as_usual(town: Town, frame: pd.DataFrame, day: int) -> pd.DataFrame:
    """Draw which visits are made at night, and look."""
    frame = frame.sort_values("day", kind="stable").reset_index(drop=True)
    reason = frame["reason"].to_numpy()
    if town.behaviour.find_rate:
        return _look_at_rates(town, frame)
    night = happens(len(frame), share=_AT_NIGHT[reason], rng=town.rng)
    chance = chance_to_find(reason, night=night)
    return look(town, frame.assign(night=night), day, chance=chance)


def chance_to_find(reason: Ints, *, night: Bools) -> Floats:
    """Return how likely a visit finds a site that is there, by what it was made for and when."""
    return np.where(night, _FOUND_BY_NIGHT[reason], _FOUND_BY_DAY[reason])


def patrol_brings(site_open: Floats, *, suspicion: float) -> Floats:
    """Return the chance that a full patrol behind a door that opens brings something, 0 to 1.

    Patrols are what most visits are: they miss most sites, and as often as any suspect something
    where there is none. One by day is `DAY_SEES` of a full one.

    ``site_open``: how likely a site stands open, 0 to 1, shape (places,).
    ``suspicion``: what a visit that only suspects something counts as, of a find.
    """
    night = np.array([1.0 - _AT_NIGHT[PATROL], _AT_NIGHT[PATROL]])
    sees = np.array([_FOUND_BY_DAY[PATROL], _FOUND_BY_NIGHT[PATROL]])
    full = np.array([DAY_SEES, 1.0])
    got_in = _IF_MISSED[NOTHING] + SUSPECTS_MISSED, _IF_EMPTY[NOTHING] + SUSPECTS_EMPTY
    brings = night @ (sees + (1.0 - sees) * suspicion * SUSPECTS_MISSED)
    looked = night @ (full * (sees + (1.0 - sees) * got_in[0]))
    brings = site_open * brings + (1.0 - site_open) * suspicion * SUSPECTS_EMPTY
    looked = site_open * looked + (1.0 - site_open) * got_in[1] * float(night @ full)
    return np.asarray(-np.expm1(-brings / looked))


def look(town: Town, frame: pd.DataFrame, day: int, *, chance: Floats) -> pd.DataFrame:
    """Find out what each visit saw; a site is found once, and later visits see nothing.

    ``town``: its randomness is used up; nothing else of it changes.
    ``frame``: visits of the week that begins on `day`, in order of days: day, building, reason,
    night.
    ``day``: days since the start.
    ``chance``: how likely each visit finds a site that is there, shape (visits,).

    Returns the visits with site (-1 none) and result (index of `RESULTS`).
    """
    rng, count = town.rng, len(frame)
    site, when = _sites_visited(town, frame, day), frame["day"].to_numpy()
    hit = (site >= 0) & happens(count, share=chance, rng=rng)
    hit &= ~pd.Series(np.where(hit, site, -1 - np.arange(count))).duplicated().to_numpy()
    found_on = pd.Series(when[hit], index=site[hit])
    last_day = pd.Series(site).map(found_on).fillna(np.inf).to_numpy()
    site = np.where(when > last_day, -1, site)
    return frame.assign(site=site, result=draw_results(hit, site_open=site >= 0, rng=rng))


def _look_at_rates(town: Town, frame: pd.DataFrame) -> pd.DataFrame:
    """Find something at each place as often as its rate says, behind a door that opens.

    Whether a door opens has nothing to do with what is behind it.
    """
    rng, count, habits = town.rng, len(frame), town.behaviour
    reason = frame["reason"].to_numpy()
    night = happens(count, share=_AT_NIGHT[reason] * habits.evenings, rng=rng)
    effort = np.where(night | (not habits.evenings), 1.0, DAY_SEES)
    effort = np.where(reason == REVISIT, habits.revisit_sees * effort, effort)
    months = town.intensity.shape[1]
    month = month_of(frame["day"].to_numpy(), days=habits.days, months=months)
    rate = habits.find_rate * town.intensity[frame["building"].to_numpy(), month]
    hit = happens(count, share=-np.expm1(-effort * rate), rng=rng)
    shut = happens(count, share=habits.closed_doors, rng=rng)
    behind = rng.choice([REFUSED, NOBODY, NO_ENTRY], count, p=[0.15, 0.6, 0.25])
    result = np.where(shut, behind, np.where(hit, FOUND, NOTHING))
    return frame.assign(night=night, site=-1, result=result, effort=effort)


def draw_results(hit: Bools, *, site_open: Bools, rng: np.random.Generator) -> Ints:
    """Return the results of visits (index of `RESULTS`): without a find, by what was there."""
    missed = rng.choice(len(RESULTS), len(hit), p=_IF_MISSED)
    empty = rng.choice(len(RESULTS), len(hit), p=_IF_EMPTY)
    return np.where(hit, FOUND, np.where(site_open, missed, empty))


def _sites_visited(town: Town, frame: pd.DataFrame, day: int) -> Ints:
    """Return the site open in the visited building on the day of the visit, or -1."""
    active = open_sites(town, day)
    at = np.full(len(town.seen), -1, dtype=np.int64)
    at[town.sites["building"][active]] = active
    site, when = at[frame["building"]], frame["day"].to_numpy()
    opened = np.append(town.sites["opened"], 0)[site]
    over = np.append(last_days(town), 0)[site]
    return np.where((opened > when) | (over < when), -1, site)


def act_on_finds(town: Town, visits: pd.DataFrame) -> None:
    """Close what was found; most operators open again near by, and the office comes back."""
    rng = town.rng
    finds = visits[visits["result"] == FOUND]
    site, day = finds["site"].to_numpy(), finds["day"].to_numpy()
    ended = site >= 0
    town.sites["closed"][site[ended]] = day[ended]
    town.sites["why"][site[ended]] = 2
    np.add.at(town.seen, finds["building"].to_numpy(), 1)
    moving = happens(len(site), share=town.behaviour.moves_on, rng=rng) & ended
    arrive = day[moving] + rng.integers(7, 50, int(moving.sum()))
    town.moves.append((arrive, site[moving], town.sites["building"][site[moving]]))
    for wait in town.behaviour.revisit_days:
        again = happens(len(site), share=town.behaviour.revisit_share, rng=rng)
        days = day[again] + wait + rng.integers(-4, 5, int(again.sum()))
        town.due.append((days, finds["building"].to_numpy()[again], REVISIT))
