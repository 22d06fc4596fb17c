"""In the styles of ten regions addresses are nearly always read right and almost never wrong."""

import importlib.util
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from geo.addresses.match import AddressMatcher, RegisteredBuilding

RIGHT_SHARE, WRONG_SHARE = 0.95, 0.003
HERE = Path(__file__).parent
BY_HAND = sorted([*HERE.glob("by_hand/*.toml"), *HERE.glob("rounds/*.toml")])
COLUMNS = ("building_id", "estate", "building_no", "std_address", "street", "community")


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """Return the writer of addresses; it stands alone, so it is loaded by its path."""
    path = Path(__file__).with_name("writer.py")
    spec = importlib.util.spec_from_file_location("style_writer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["style_writer"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def written(writer: ModuleType, *, seed: int, times: int) -> Iterator[tuple[str, str, str]]:
    """Yield text, truth and what the matcher of the region makes of it."""
    rng = np.random.default_rng(seed)
    for name in writer.REGIONS:
        style = writer.StyleWriter(rng, name)
        matcher = AddressMatcher(
            RegisteredBuilding(**house.as_registered(style.region)) for house in style.houses
        )
        for each in style.write(times):
            yield each.text, each.truth, matcher.match_one(each.text).building_id


def by_hand(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the same of addresses written by hand."""
    for style in tomllib.loads(path.read_text(encoding="utf-8")).values():
        matcher = AddressMatcher(
            RegisteredBuilding(
                **dict(zip(COLUMNS, row[:-1], strict=True)), aliases=tuple(row[-1].split(";"))
            )
            for row in style["register"]
        )
        for text, truth in style["addresses"]:
            yield text, truth, matcher.match_one(text).building_id


def check(answers: Iterator[tuple[str, str, str]]) -> int:
    """Hold the shares of right and wrong against what is asked; return how many there were."""
    _, truth, found = (np.array(each, dtype=object) for each in zip(*answers, strict=True))
    right = (found == truth) & (truth != "")
    assert right.sum() / (truth != "").sum() >= RIGHT_SHARE
    assert ((found != truth) & (found != "")).mean() <= WRONG_SHARE
    return len(truth)


def test_addresses_in_ten_styles_are_right_in_95_of_100_and_wrong_in_3_of_1000(
    writer: ModuleType,
) -> None:
    assert check(written(writer, seed=7, times=8)) >= 2_000


@pytest.mark.parametrize("path", BY_HAND, ids=lambda path: path.stem)
def test_addresses_written_by_hand_are_as_good(path: Path) -> None:
    assert check(by_hand(path)) >= 60


def test_the_addresses_written_in_styles_are_varied(writer: ModuleType) -> None:
    rng = np.random.default_rng(7)
    all_written = [w for name in writer.REGIONS for w in writer.StyleWriter(rng, name).write(8)]
    assert len({w.region for w in all_written}) == 10
    assert len({w.text for w in all_written}) > 0.85 * len(all_written)
    assert 0.6 < np.mean([w.truth != "" for w in all_written]) < 0.85
