"""Results of simulated visits, drawn from the city's hidden truth."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from simulation.truth.inspections import RESULTS, SPOT, chance_to_find, draw_results

NIGHT_FROM_HOUR: Final = 18


def look_at_doors(truth: Path, visits: pd.DataFrame, *, rng: np.random.Generator) -> list[str]:
    """Return the result of each visit, as the hidden truth of the city gives it.

    A visit finds a site that stands open that day as often as a spot check does in the city, by
    day or by night, whatever it was planned for; a site is found once.

    ``truth``: folder of the hidden truth, as `simulation.truth_files.write_truth` writes it.
    ``visits``: ``building_id`` and ``at`` (local), in order of time.

    Returns of `simulation.truth.inspections.RESULTS`, one per visit.
    """
    site = _sites_at(pd.read_parquet(truth / "sites.parquet"), visits)
    night = visits["at"].dt.hour.to_numpy() >= NIGHT_FROM_HOUR
    chance = chance_to_find(np.full(len(visits), SPOT), night=night)
    hit = (site >= 0) & (rng.random(len(visits)) < chance)
    once = pd.Series(np.where(hit, site, -1 - np.arange(len(site)))).duplicated().to_numpy()
    hit &= ~once
    results = draw_results(hit, site_open=site >= 0, rng=rng)
    return [RESULTS[each] for each in results]


def _sites_at(sites: pd.DataFrame, visits: pd.DataFrame) -> np.ndarray:
    """Return the number of the site that stands open at each visit, -1 for none."""
    numbered = visits[["building_id", "at"]].assign(visit=np.arange(len(visits)))
    both = numbered.merge(sites[["site", "building_id", "opened", "closed"]], on="building_id")
    day = both["at"].dt.normalize()
    is_open = (both["opened"] <= day) & (both["closed"].isna() | (both["closed"] >= day))
    site_at = np.full(len(visits), -1, dtype=np.int64)
    site_at[both.loc[is_open, "visit"].to_numpy()] = both.loc[is_open, "site"].to_numpy()
    return site_at
