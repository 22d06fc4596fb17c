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
        ("Atatürk Cad. No: 12 Konak", "12 ATATÜRK CAD, KONAK"),
        ("Şair Eşref Bulvarı No:12 D:5 Konak", "12 ŞAIR EŞREF BULVARI, KONAK"),
        ("Str. Lipscani Nr. 5", "5 STR LIPSCANI"),
        ("Jl. Kemang Raya No. 12A, Menteng", "12A JL KEMANG RAYA, MENTENG"),
        ("Số 12 Lê Lợi", "12 LÊ LỢI"),
        ("4501 E 3300 S", "4501 E 3300S"),
    ],
)
def test_a_house_number_and_the_words_beside_it_are_a_building(text: str, key: str) -> None:
    assert parse_address(text).names_building
    assert normalise_address(text) == key
    assert normalise_address(key) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Calle 7 # 45-12", "45-12 CALLE 7"),
        ("Calle 7 No. 45-12", "45-12 CALLE 7"),
        ("Carrera 15 #88 - 64 Local 3, Chapinero", "88-64 CARRERA 15, CHAPINERO"),
        ("Kr 15 # 88-64", "88-64 KR 15"),
        ("Cra 7ma # 32-16 Torre 2 Of. 301", "32-16 CRA 7MA, TORRE 2"),
        ("Calle 7 # 45-12 Apto 301 (frente al parque)", "45-12 CALLE 7"),
        ("Calle 72 A Bis # 10-34 Sur", "10-34 CALLE 72 A BIS, SUR"),
        ("Avenida Calle 26 # 69-76", "69-76 AVENIDA CALLE 26"),
        ("Av. Caracas # 45-12", "45-12 AV CARACAS"),
        ("Av. 5 de Mayo # 12", "12 AV 5 DE MAYO"),
    ],
)
def test_a_building_between_crossings_is_told_by_street_crossing_and_house(
    text: str, key: str
) -> None:
    assert parse_address(text).names_building
    assert normalise_address(text) == normalise_address(key) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12 High Street # 5", "12 HIGH STREET"),
        ("Calle Mayor 12 # 5", "12 CALLE MAYOR"),
        ("Blk 123 Ang Mo Kio Ave 3 #01-22", "3 BLK 123 ANG MO KIO AVE"),
        ("Atatürk Cad. No:12", "12 ATATÜRK CAD NO"),
        ("Via Toledo n. 12", "12 VIA TOLEDO N"),
        ("Calle 7", "7 CALLE"),
        ("Calle 7 No 45 - 12", "12 CALLE 7 45"),
    ],
)
def test_a_key_that_tells_its_building_from_others_stays_whatever_is_odd_about_it(
    text: str, key: str
) -> None:
    """Decisions hang on keys."""
    assert normalise_address(text) == key


@pytest.mark.parametrize("text", ["Market Hall, Stall No 5 upstairs", "Av. # 12-", "Kr 15"])
def test_a_number_of_something_else_makes_no_building(text: str) -> None:
    assert not parse_address(text).names_building


def test_a_word_for_the_number_tells_no_two_buildings_apart() -> None:
    register = [RegisteredBuilding(building_id="A", std_address="Atatürk Cad. No:12")]
    assert AddressMatcher(register).match_one("Atatürk Cad. 12").building_id == "A"
    assert AddressMatcher(register).match_one("Atatürk Cad. 13").building_id == ""


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
