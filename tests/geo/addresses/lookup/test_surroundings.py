"""Which words around the name of a building mean nothing for it."""

import pytest

from geo.addresses.lookup.surroundings import Surroundings


@pytest.mark.parametrize(
    ("before", "nothing"), [("示例", True), ("示例泰山", True), ("东", False), ("东示例", False)]
)
def test_areas_of_the_register_may_precede_a_name_and_those_of_one_character_may_not(
    before: str, *, nothing: bool
) -> None:
    assert Surroundings(["示例", "泰山", "东"]).may_precede(before) == nothing
