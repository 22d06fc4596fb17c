"""A slip of ear, eye or hand is cheap; another name is dear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.spelling.alike import name_cost, sound_of
from geo.addresses.spelling.names import budget

NAMES = st.text(st.sampled_from(list("丽景锦绣花园苑家阳光东方小区凤凰")), max_size=7)
KNOWN = frozenset("丽景锦绣花园苑家阳光东方小区凤凰都西")


@given(name=NAMES)
def test_a_name_costs_nothing_for_itself(name: str) -> None:
    assert name_cost(name, name, known=KNOWN) == 0


@given(one=NAMES, other=NAMES)
def test_different_names_cost_something(one: str, other: str) -> None:
    assert one == other or name_cost(one, other, known=KNOWN) > 0


@given(name=NAMES)
def test_the_sound_of_a_name_is_as_long_as_the_name(name: str) -> None:
    assert len(sound_of(name)) == len(name)


@pytest.mark.parametrize(
    ("slip", "other_name"),
    [
        ("丽京花园", "丽都花园"),  # same sound, another character of the register
        ("丽锹花园", "丽都花园"),  # a character that no name has
        ("丽花园", "丽景家园"),
        ("丽景花花园", "丽景阳花园"),
        ("景丽花园", "丽景家园"),
        ("睛景花园", "丽景东区"),
    ],
)
def test_a_slip_costs_less_than_another_name(slip: str, other_name: str) -> None:
    meant = "丽景花园"
    assert name_cost(slip, meant, known=KNOWN) < name_cost(other_name, meant, known=KNOWN)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("锦绣东区", "锦绣西区"),
        ("锦绣1期", "锦绣2期"),
        ("新锦绣花园", "锦绣花园"),
        ("锦绣", "锦绣B"),
    ],
)
def test_a_direction_number_or_newness_is_never_a_slip(written: str, meant: str) -> None:
    assert name_cost(written, meant, known=KNOWN) > budget(meant)


def test_sounds_that_many_do_not_tell_apart_sound_alike() -> None:
    assert sound_of("蓝山中庭") == sound_of("南三宗亭")
