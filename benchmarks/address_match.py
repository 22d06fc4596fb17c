"""Measure how fast addresses are matched against 100,000 buildings, and how well.

Run ``python benchmarks/address_match.py [--buildings N] [--addresses N]``. The register and the
addresses are invented (``tests/geo/addresses/labelled.py``); nearly all addresses differ, so
nothing is saved by looking at equal ones once. Times are CPU seconds of one core, so that a busy
machine does not blur them. Expected: 5,000 addresses a second.
"""

import argparse
import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import psutil

from geo.addresses.match import AddressMatcher, RegisteredBuilding
from geo.addresses.normalise import normalise_address

LABELLED = Path(__file__).parents[1] / "tests" / "geo" / "addresses" / "labelled.py"
LEAST_PER_SECOND = 5_000


def load_labelled() -> ModuleType:
    """Load the generator, which stands among the tests and imports nothing of the project."""
    spec = importlib.util.spec_from_file_location("labelled_addresses", LABELLED)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["labelled_addresses"] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Print the figures; return 1 where matching is slower than it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buildings", type=int, default=100_000)
    parser.add_argument("--addresses", type=int, default=20_000)
    asked = parser.parse_args()
    labelled, rng = load_labelled(), np.random.default_rng(20261124)
    buildings = labelled.make_city(rng, buildings=asked.buildings)
    written = labelled.Writer(rng, buildings).write(asked.addresses)
    texts, truth = [w.text for w in written], np.array([w.truth for w in written], dtype=object)
    register = [RegisteredBuilding(**building.as_registered()) for building in buildings]
    before = psutil.Process().memory_info().rss
    start = time.process_time()
    matcher = AddressMatcher(register)
    built = time.process_time()
    found = matcher.match(texts)["building_id"].to_numpy(object)
    matched = time.process_time()
    for text in texts:
        normalise_address(text)
    normalised = time.process_time()
    per_second = len(texts) / (matched - built)
    print(f"buildings {len(register):,}, addresses {len(texts):,} ({len(set(texts)):,} different)")
    megabytes = (psutil.Process().memory_info().rss - before) / 1e6
    print(f"index     {built - start:.1f} s, {megabytes:.0f} MB with the answers")
    print(f"match     {per_second:,.0f} a second")
    print(f"normalise {len(texts) / (normalised - matched):,.0f} a second")
    right = ((found == truth) & (truth != "")).sum() / (truth != "").sum()
    print(f"right     {right:.2%} of those that mean a building")
    print(f"wrong     {((found != truth) & (found != '')).mean():.2%} of all")
    return int(per_second < LEAST_PER_SECOND)


if __name__ == "__main__":
    sys.exit(main())
