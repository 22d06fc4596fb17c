"""Measure how fast addresses are matched against 100,000 buildings, and how well.

Run ``python -m benchmarks.imports.address_match [--buildings N] [--addresses N]``. The register and
the addresses are invented (``tests/geo/addresses/labelled.py``); nearly all addresses differ, so
nothing is saved by looking at equal ones once. Then 3,000 addresses in the styles of ten regions
(``tests/geo/addresses/styles``), each against the register of its region. Times are CPU seconds of
one core, so that a busy machine does not blur them. Expected: 5,000 addresses a second; in styles
95 % right and at most 0.3 % wrong.
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

LABELS = Path(__file__).parents[2] / "tests" / "geo" / "addresses"
LEAST_PER_SECOND = 5_000
TIMES_EACH_FORM = 10


def load(name: str) -> ModuleType:
    """Load a generator, which stands among the tests and imports nothing of the project."""
    path = LABELS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def tell(found: np.ndarray, truth: np.ndarray, seconds: float) -> None:
    """Print how fast, how often right, and how often wrong."""
    right = ((found == truth) & (truth != "")).sum() / (truth != "").sum()
    print(f"match     {len(truth) / seconds:,.0f} a second")
    print(f"right     {right:.2%} of those that mean a building")
    print(f"wrong     {((found != truth) & (found != '')).mean():.2%} of all")


def measure_styles(rng: np.random.Generator) -> None:
    """Match addresses in the styles of ten regions."""
    writer, found, truth, seconds = load("styles/writer"), [], [], 0.0
    for name in writer.REGIONS:
        style = writer.StyleWriter(rng, name)
        register = [RegisteredBuilding(**h.as_registered(style.region)) for h in style.houses]
        matcher, written = AddressMatcher(register), list(style.write(TIMES_EACH_FORM))
        start = time.process_time()
        found += matcher.match([each.text for each in written])["building_id"].to_list()
        seconds += time.process_time() - start
        truth += [each.truth for each in written]
    print(f"styles of ten regions, {len(truth):,} addresses")
    tell(np.array(found, dtype=object), np.array(truth, dtype=object), seconds)


def main() -> int:
    """Print the figures; return 1 where matching is slower than it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buildings", type=int, default=100_000)
    parser.add_argument("--addresses", type=int, default=20_000)
    asked = parser.parse_args()
    labelled, rng = load("labelled"), np.random.default_rng(20261124)
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
    print(f"normalise {len(texts) / (normalised - matched):,.0f} a second")
    tell(found, truth, matched - built)
    measure_styles(rng)
    return int(per_second < LEAST_PER_SECOND)


if __name__ == "__main__":
    sys.exit(main())
