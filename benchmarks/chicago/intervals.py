"""Do intervals of finds hold on real windows? Chicago's inspections of two months after a score.

    python -m benchmarks.chicago.intervals [--workspace chicago]

For each origin of the backtest's windows the office is scored as of it; what the visits of the two
months then found is held against the 80 % interval of the same visits, by cell of resolution 9 and
8, community and the whole city. Numbers of finds are whole, so an interval cannot hold exactly
80 %: of the numbers at its ends as much counts as lies inside (randomised quantiles, Dunn and
Smyth 1996, Journal of Computational and Graphical Statistics 5). Groups of fewer than five visits
are left out.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.chicago.backtest import DATA_END, TWO_MONTHS, WINDOWS, open_workspace
from benchmarks.chicago.job import ROOT
from data.engine import Engine
from risk import schema as c
from risk.arrays import Floats
from risk.config.score import read_score_config
from risk.design.units import UNIT
from risk.evaluation.targets.origins import read_origins, split_at
from risk.events.fetch import day_of
from risk.features.cache import RememberedSource
from risk.features.neighbours import parent_cells
from risk.find_rate.knowledge import known_at
from risk.find_rate.list_interval import ListInterval
from risk.scoring.score_as_of import OfficeScore, score_as_of

LEAST_VISITS = 5


def held(score: OfficeScore, visits: pd.DataFrame) -> pd.DataFrame:
    """Return by kind of group how many there were, and how many held, as fractions of one."""
    told = pd.concat([score.chance_of_places(), score.chance_of_listed(visits)])
    chance = visits[UNIT].map(told[~told.index.duplicated()])
    interval = ListInterval.of(score.buildings, score.facts["score"], score.known.config)
    ids = score.buildings.set_index(c.BUILDING)[c.COMMUNITY]
    groups = {
        "cell:9": parent_cells(visits["h3_r10"], 9),
        "cell:8": parent_cells(visits["h3_r10"], 8),
        "community": visits["building"].map(ids).fillna(""),
        "city": pd.Series("all", index=visits.index),
    }
    lines = []
    for kind, names in groups.items():
        for _, rows in visits[names != ""].groupby(names):
            if len(rows) >= LEAST_VISITS:
                p = chance[rows.index].to_numpy(np.float64)
                finds = interval.draw(p, building_ids=rows["building"].tolist())
                found = np.minimum(rows["found"], 1.0).sum()
                lines.append({"kind": kind, "inside": inside(finds, found)})
    return pd.DataFrame(lines)


def inside(drawn: Floats, found: float, *, level: float = 0.8) -> float:
    """Return which share of the quantiles of a number lies within the interval."""
    low, high = float((drawn < found).mean()), float((drawn <= found).mean())
    ends = np.clip([low, high], (1 - level) / 2, (1 + level) / 2)
    return float((ends[1] - ends[0]) / (high - low)) if high > low else float(ends[0] == low)


def main() -> int:
    """Print by kind of group how many intervals held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, default=ROOT / "chicago")
    options = parser.parse_args()
    workspace = open_workspace(options.workspace)
    if workspace is None:
        return 0
    config = read_score_config(workspace.settings)
    source = RememberedSource(Engine(workspace).pinned())
    whole = known_at(source, cut=DATA_END, config=config).facts
    parts = []
    for split in split_at(read_origins(WINDOWS)[0], TWO_MONTHS):
        score = score_as_of(source, cut=split.origin, config=config)
        visits = whole.visits_between(day_of(split.origin), day_of(split.end))
        parts.append(held(score, visits[visits[UNIT] != ""]))
        print(f"{split.origin:%Y-%m-%d}: {len(visits)} visits", flush=True)
    told = pd.concat(parts).groupby("kind", sort=False)["inside"].agg(["size", "mean"])
    for kind, (count, share) in told.iterrows():
        print(f"{kind:10}{int(count):6} groups, {100 * share:.1f} % within their 80 % interval")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
