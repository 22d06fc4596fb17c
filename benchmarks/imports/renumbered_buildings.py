"""What it costs to find the buildings of a list that are held under other codes.

    python -m benchmarks.imports.renumbered_buildings --buildings 200000

A street of outlines of 20 by 12 metres is compared with its second edition: other codes, each
outline a metre further east, every hundredth with nine metres more. Printed are the CPU seconds of
`data.ingest.held_rows.same_buildings` and how many are the same, doubtful and new.
"""

import argparse
import time

import numpy as np
import pandas as pd
import shapely

from data.ingest.held_rows.same_buildings import same_buildings

_METRE = 1 / 111_320


def street(count: int, letter: str, *, east_m: np.ndarray) -> pd.DataFrame:
    """Return `count` buildings in rows of a thousand, 40 metres apart, moved so far to the east."""
    numbers = np.arange(count)
    west = (numbers % 1000) * 40 + east_m
    south = (numbers // 1000) * 40
    shapes = shapely.box(west * _METRE, south * _METRE, (west + 20) * _METRE, (south + 12) * _METRE)
    return pd.DataFrame(
        {
            "building_id": [f"{letter}{number}" for number in numbers],
            "std_address": None,
            "estate": [f"示例花园{number // 40}区" for number in numbers],
            "building_no": [f"{number % 40 + 1}号楼" for number in numbers],
            "shape": shapes,
        }
    )


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buildings", type=int, default=200_000)
    count = parser.parse_args().buildings
    moved = np.where(np.arange(count) % 100 == 0, 10.0, 1.0)
    held = street(count, "A", east_m=np.zeros(count))
    new = street(count, "N", east_m=moved)
    begun = time.process_time()
    found = same_buildings(new, held)
    took = time.process_time() - begun
    left = count - len(found.sure) - len(found.doubtful)
    print(
        f"{took:.1f} s of CPU; same {len(found.sure)}, doubtful {len(found.doubtful)}, new {left}"
    )


if __name__ == "__main__":
    main()
