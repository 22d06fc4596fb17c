"""What two leads show of being of one event: their places, contacts, numbers, words and days."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from governance.cases.merging.evidence import Evidence, character_grams, compare, weighted
from governance.cases.merging.rows import rows_of_leads

NOON = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- local times throughout


def seen_of(one: dict[str, Any], other: dict[str, Any]) -> Evidence:
    """Return what is seen of two leads, the same in either order."""
    leads = pd.DataFrame([{"lead_id": n, "received_at": NOON} | each
                          for n, each in enumerate((one, other))])  # fmt: skip
    rows = rows_of_leads(leads)
    words = weighted(character_grams(rows["text"]))
    there, back = (compare(rows, words, np.array([a]), np.array([b])) for a, b in ((0, 1), (1, 0)))
    for way, again in zip(there, back, strict=True):
        np.testing.assert_array_equal(way, again)
    return there


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ({"building_id": "B1"}, {"building_id": "B1"}, "same_building"),
        ({"building_id": "B1"}, {"building_id": "B2"}, "other_building"),
        ({"building_id": "B1"}, {}, ""),
        ({"building_id": "B1", "address": "示例花园3号楼2单元501"},
         {"building_id": "B1", "address": "示例花园3号楼501室"}, "same_flat"),
        ({"building_id": "B1", "address": "示例花园3号楼2单元501"},
         {"building_id": "B1", "address": "示例花园3号楼1单元501"}, "other_flat"),
        ({"address": "示例花园3号楼"}, {"address": "示例花园3号楼"}, "same_building"),
        ({"address": "示例花园3号楼"}, {"address": "示例花园4号楼"}, "other_house"),
        ({"address": "示例花园3号楼"}, {"address": "示例花园"}, "same_estate"),
        ({"address": "示例花园"}, {"address": "示例花园"}, "same_estate"),
        ({"address": "示例花园"}, {"address": "翠湖名都"}, "other_estate"),
        ({"address": "示例花园"}, {"address": "示例花苑"}, ""),
        ({"address": "示例花园"}, {"address": "翠湖名都附近"}, ""),
        ({"address": "示例花园"}, {"address": "学府路"}, ""),
        ({"address": "示例花园"}, {}, ""),
    ],
)  # fmt: skip
def test_places_say_the_surest_that_two_leads_have_in_common(
    one: dict[str, Any], other: dict[str, Any], place: str
) -> None:
    assert seen_of(one, other).place.tolist() == [place]


@pytest.mark.parametrize(
    ("one", "other", "contact"),
    [("a", "a", "same_contact"), ("a b", "b c", "same_contact"), ("a", "b", "other_contact"),
     ("a", "", "")],
)  # fmt: skip
def test_one_contact_in_common_is_enough(one: str, other: str, contact: str) -> None:
    assert seen_of({"contact": one}, {"contact": other}).contact.tolist() == [contact]


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        ({"ticket_no": "TS1"}, {"related": "TS1"}, True),
        ({"ticket_no": "TS1"}, {"ticket_no": "TS1"}, True),
        ({"ticket_no": "TS1"}, {"ticket_no": "TS2"}, False),
        ({"related": "TS1"}, {"related": "TS1"}, False),
    ],
)
def test_a_number_tells_of_one_event_where_one_of_both_leads_bears_it(
    one: dict[str, Any], other: dict[str, Any], *, named: bool
) -> None:
    assert seen_of(one, other).named.tolist() == [named]


def test_a_person_who_is_not_known_is_not_the_same_person() -> None:
    assert seen_of({"caller": "x"}, {"caller": "x"}).caller.tolist() == [True]
    assert seen_of({}, {}).caller.tolist() == [False]


def test_words_are_alike_by_what_both_say_and_days_count_from_one_to_the_other() -> None:
    text = "晚上补课,楼道里很吵"
    same = seen_of({"text": text}, {"text": text, "received_at": NOON - timedelta(hours=36)})
    assert same.alike.tolist() == [pytest.approx(1.0)]
    assert same.days.tolist() == [1.5]
    assert seen_of({"text": text}, {"text": "垃圾"}).alike.tolist() == [0.0]
    assert np.isnan(seen_of({"text": text}, {}).alike).all()
