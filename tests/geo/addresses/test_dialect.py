"""Addresses without Chinese characters, of no country in particular."""

import pytest

from geo.addresses.match import AddressMatcher, RegisteredBuilding
from geo.addresses.normalise import normalise_address
from geo.addresses.parse import parse_address

REGISTER = [
    RegisteredBuilding(building_id="A", std_address="3352 N Broadway, Queens"),
    RegisteredBuilding(building_id="B", std_address="3352 n. broadway; Bronx"),
    RegisteredBuilding(building_id="C", std_address="Hauptstraße 12 a"),
]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" 3352 n  Broadway", "3352 N BROADWAY"),
        ("3352 N. Broadway, Unit 5", "3352 N BROADWAY"),
        ("Unit 5, 3352 N Broadway", "3352 N BROADWAY"),
        ("Hauptstraße 12 a", "12A HAUPTSTRASSE"),
        ("12, rue de Rivoli", "12 RUE DE RIVOLI"),
        ("Calle Mayor, nº 12", "12 CALLE MAYOR"),
        ("Rua Augusta, 1234 - Consolação", "1234 RUA AUGUSTA, CONSOLAÇÃO"),
        ("ул. Тверская, д. 12, кв. 5", "12 УЛ ТВЕРСКАЯ"),
        ("마포구 강남대로 12 (역삼동)", "12 마포구 강남대로"),
        ("Flat 3, 12 High Street", "12 HIGH STREET"),
        ("37-12 74 Street\nQueens\n(40.74, -73.89)", "37-12 74 STREET, QUEENS"),
    ],
)
def test_a_house_number_and_the_words_beside_it_are_a_building(text: str, key: str) -> None:
    assert parse_address(text).names_building
    assert normalise_address(text) == key
    assert normalise_address(key) == key


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("3352 N BROADWAY, QUEENS", "A"),
        ("3352 N Broadway Fl 2, Bronx", "B"),
        ("3352 N Broadway", ""),  # in two towns
        ("3352 N Broadway, Brooklyn", ""),
        ("HAUPTSTRASSE 12A, Köln", "C"),
        ("Hauptstraße 12b", ""),
    ],
)
def test_a_building_is_found_by_number_street_and_town(text: str, building: str) -> None:
    assert AddressMatcher(REGISTER).match_one(text).building_id == building


def test_a_postcode_alone_behind_a_comma_is_no_house_number() -> None:
    assert not parse_address("Plaza Mayor, 28013").names_building
