"""What two texts say is taught speaks for or against their being of one place."""

import numpy as np
import pandas as pd

from governance.cases.merging.taught import TAUGHT_BITS, bits_of_taught, taught_in

TEXTS = pd.Series(
    [
        "初三物理一对一，200元一节，可先试听",
        "家教，初三物理，一对一，按次200",
        "招小学学生，英语小班，每节90",
        "楼上有人补课",
        "初三物理，价格面议",
    ]
)


def bits(one: int, other: int) -> float:
    return float(bits_of_taught(taught_in(TEXTS), np.array([one]), np.array([other]))[0])


def test_subject_grade_and_price_are_read_however_they_are_put() -> None:
    told = taught_in(TEXTS)
    assert told[0] == told[1]
    assert told[0].price == {"200"}
    assert told[2].subject == {"英语"}
    assert told[3] is None


def test_the_same_speaks_for_another_against_and_what_is_not_said_for_nothing() -> None:
    assert bits(0, 1) == sum(same for same, _ in TAUGHT_BITS.values())
    assert bits(0, 2) == sum(other for _, other in TAUGHT_BITS.values())
    assert bits(0, 3) == 0
    assert bits(0, 4) == TAUGHT_BITS["subject"][0] + TAUGHT_BITS["grade"][0]


def test_bits_are_the_same_both_ways() -> None:
    first, second = np.divmod(np.arange(25), 5)
    told = taught_in(TEXTS)
    assert (bits_of_taught(told, first, second) == bits_of_taught(told, second, first)).all()
