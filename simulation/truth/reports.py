"""Simulate complaints: of real sites, of absent ones, and of matters outside the office's remit."""

import numpy as np
import pandas as pd

from geo.arrays import Ints
from simulation.draws import happens
from simulation.truth.sites import (
    Town,
    current_intensity,
    draw_weighted,
    last_days,
    open_sites,
    season,
)

TRUE_REPORT, FEAR, NOT_OUR_BUSINESS = range(3)
"""What a report is about: a site that is there, one that is not, or noise and parking."""


def report(town: Town, day: int) -> pd.DataFrame:
    """Let neighbours report: what is there, what is not, and what is none of this business."""
    rng, sites = town.rng, town.sites
    active = open_sites(town, day)
    rate = town.behaviour.true_reports_per_site * town.reporting[sites["building"][active]]
    rate = rate * np.sqrt(sites["pupils"][active] / 12.0) * season(town, day)
    reported_sites = np.repeat(active, rng.poisson(rate))
    thousands = len(town.seen) / 1_000
    crowd = town.reporting * np.sqrt(1.0 + town.city.buildings["households"].to_numpy())
    wrong = draw_weighted(crowd, rng.poisson(town.behaviour.false_reports * thousands), rng)
    other = draw_weighted(crowd, rng.poisson(town.behaviour.other_reports * thousands), rng)
    true = np.concatenate([sites["building"][reported_sites], _report_by_rate(town, day)])
    building = np.concatenate([true, wrong, other])
    frame = pd.DataFrame(
        {
            "day": day + _weekdays(len(building), rng),
            "building": building,
            "site": np.append(reported_sites, np.full(len(building) - len(reported_sites), -1)),
            "about": np.repeat(
                [TRUE_REPORT, FEAR, NOT_OUR_BUSINESS], [len(true), len(wrong), len(other)]
            ),
        }
    )
    inside = (frame["site"] < 0) | (frame["day"] <= np.append(last_days(town), 0)[frame["site"]])
    frame = frame[inside].reset_index(drop=True)
    return frame.assign(reporter=_reporters(town, frame))


def _report_by_rate(town: Town, day: int) -> Ints:
    """Return the places reported for what is there in a world of rates, one per report."""
    if not town.behaviour.rate_reports:
        return np.empty(0, dtype=np.int64)
    mean = town.behaviour.rate_reports / 1_000 * town.reporting * current_intensity(town, day)
    reported = town.rng.poisson(mean * season(town, day))
    return np.repeat(np.arange(len(reported)), reported)


def _weekdays(count: int, rng: np.random.Generator) -> Ints:
    """Draw days of the week; people call a little more on the last two of our weeks."""
    share = np.array([0.13, 0.13, 0.13, 0.13, 0.14, 0.18, 0.16])
    return np.asarray(rng.choice(7, count, p=share), dtype=np.int64)


def _reporters(town: Town, frame: pd.DataFrame) -> Ints:
    """Name a reporter: one of three neighbours of the building, or the community's serial caller.

    Serial callers have the low numbers, two for each community.
    """
    rng, count = town.rng, len(frame)
    building = frame["building"].to_numpy()
    serial = 2 * town.city.buildings["community"].to_numpy()[building] + rng.integers(0, 2, count)
    neighbour = 2 * len(town.city.communities) + 3 * building + rng.integers(0, 3, count)
    share = np.where(frame["about"] == TRUE_REPORT, 0.4, 1.6) * town.behaviour.serial_share
    return np.where(happens(count, share=share, rng=rng), serial, neighbour).astype(np.int64)
