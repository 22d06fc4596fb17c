"""What follows a number: a place inside the house, or another house."""

import pytest

from geo.addresses.lookup.behind import is_another


@pytest.mark.parametrize(
    ("rest", "another", "of_whole"),
    [
        ("", False, False),
        ("3单元", False, False),
        ("A座", True, True),
        ("B区", True, False),
        ("B区3层", True, False),
        ("B区1号楼", True, True),
    ],
)
def test_a_hall_is_inside_the_house_only_behind_the_name_of_all_of_it(
    rest: str, *, another: bool, of_whole: bool
) -> None:
    assert is_another(rest) == another
    assert is_another(rest, of_whole=True) == of_whole
