"""On invented addresses of all kinds the matcher is nearly always right and almost never wrong."""

from types import ModuleType

import numpy as np
import pytest

from geo.addresses.match import AddressMatcher, RegisteredBuilding

ADDRESSES = 1_500
RIGHT_SHARE, WRONG_SHARE = 0.95, 0.005


@pytest.mark.parametrize("seed", [20261124, 7])
def test_95_in_100_are_right_and_not_one_in_200_is_wrong(labelled: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    buildings = labelled.make_register(rng)
    written = labelled.Writer(rng, buildings).write(ADDRESSES)
    register = [RegisteredBuilding(**building.as_registered()) for building in buildings]
    matched = AddressMatcher(register).match([w.text for w in written])
    truth = np.array([w.truth for w in written], dtype=object)
    found = matched["building_id"].to_numpy(object)
    right = (found == truth) & (truth != "")
    wrong = (found != truth) & (found != "")
    assert right.sum() / (truth != "").sum() >= RIGHT_SHARE
    assert wrong.mean() <= WRONG_SHARE


def test_the_labelled_set_is_varied(labelled: ModuleType) -> None:
    rng = np.random.default_rng(20261124)
    written = labelled.Writer(rng, labelled.make_register(rng)).write(ADDRESSES)
    assert len({w.kind for w in written}) == 25
    assert len({w.text for w in written}) > 0.85 * ADDRESSES
    assert 0.6 < np.mean([w.truth != "" for w in written]) < 0.85
