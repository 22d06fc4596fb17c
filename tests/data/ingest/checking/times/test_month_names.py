"""Names of months in dates, of languages that partly contradict each other."""

from datetime import datetime

import pyarrow as pa
import pytest

from data.ingest.checking.times.dates import read_dates
from data.ingest.checking.times.month_names import months_of_names
from data.ingest.reading.headers.column_cells import holds_days

NOW = datetime(2026, 11, 24, 20, 0)  # noqa: DTZ001 -- the product's times are naive and local
YEARS = {
    "es": "1 de enero de 2024|2 de febrero de 2024|3 de marzo de 2024|4 de abril de 2024|"
    "5 de mayo de 2024|6 de junio del 2024|martes, 7 de julio de 2024|8 de agosto de 2024|"
    "9 de septiembre de 2024|10-oct-24|11/nov/2024|12 dic. 2024",
    "pt": "1º de janeiro de 2024|2 de fevereiro de 2024|3 de março de 2024|4 de abril de 2024|"
    "5 de maio de 2024|6 de junho de 2024|terça-feira, 7 de julho de 2024|8 de agosto de 2024|"
    "9 set 2024|10 out. 2024|11 de novembro de 2024|12/dez/2024",
    "fr": "1er janvier 2024|2 févr. 2024|mar. 3 mars 2024|4 avril 2024|5 mai 2024|6 juin 2024|"
    "7 juillet 2024|8 août 2024|9 septembre 2024|10 octobre 2024|11 novembre 2024|12 déc. 2024",
    "it": "1° gennaio 2024|2 febbraio 2024|3 mar. 2024|4 aprile 2024|5 maggio 2024|6 giugno 2024|"
    "7 lug 2024|8 agosto 2024|9 settembre 2024|10 ottobre 2024|11 novembre 2024|12 dicembre 2024",
    "de": "1. Jänner 2024|2. Februar 2024|3. März 2024|4. April 2024|5. Mai 2024|6. Juni 2024|"
    "7. Juli 2024|8. August 2024|9. Sept. 2024|10. Oktober 2024|11. November 2024|12. Dez. 2024",
    "nl": "1 januari 2024|2 februari 2024|3 mrt. 2024|4 april 2024|5 mei 2024|6 juni 2024|"
    "7 juli 2024|8 augustus 2024|9 september 2024|10 oktober 2024|11 november 2024|12 dec. 2024",
    "tr": "1 Ocak 2024|2 ŞUBAT 2024|3 Mart 2024|4 NİSAN 2024|5 Mayıs 2024|6 Haziran 2024|"
    "7 Temmuz 2024|8 Ağustos 2024|9 Eylül 2024|10 EKİM 2024|11 Kasım 2024|12 Ara 2024",
    "pl": "1 stycznia 2024 r.|2 lutego 2024|3 marca 2024|4 kwietnia 2024|5 maja 2024|"
    "6 czerwca 2024|7 lip 2024|8 sierpnia 2024|9 września 2024|10 października 2024|"
    "11 listopada 2024|12 grudnia 2024",
    "ro": "1 ianuarie 2024|2 februarie 2024|3 martie 2024|4 aprilie 2024|5 mai 2024|6 iunie 2024|"
    "7 iulie 2024|8 august 2024|9 septembrie 2024|10 octombrie 2024|11 noi. 2024|12 decembrie 2024",
    "sv": "1 januari 2024|2 februari 2024|3 mars 2024|4 april 2024|5 maj 2024|6 juni 2024|"
    "7 juli 2024|8 augusti 2024|9 september 2024|10 oktober 2024|11 november 2024|12 dec. 2024",
    "id": "1 Januari 2024|2 Februari 2024|3 Maret 2024|4 April 2024|5 Mei 2024|6 Juni 2024|"
    "7 Juli 2024|8 Agu 2024|9 September 2024|10 Oktober 2024|11 November 2024|12 Desember 2024",
    "vi": "ngày 1 tháng 1 năm 2024|2 tháng 2, 2024|3 tháng 3 năm 2024|4 thg 4, 2024|"
    "Ngày 5 tháng 5 năm 2024|6 tháng 6 năm 2024|7 tháng 7 năm 2024|8 tháng 8 năm 2024|"
    "9 tháng 9 năm 2024|10 tháng 10 năm 2024|11 tháng 11 năm 2024|12 tháng 12 năm 2024",
    "hr": "1. siječnja 2024.|2. veljače 2024.|3. ožujka 2024.|4. travnja 2024.|5. svibnja 2024.|"
    "6. lipnja 2024.|7. srpnja 2024.|8. kolovoza 2024.|9. rujna 2024.|10. listopada 2024.|"
    "11. studenoga 2024.|12. prosinca 2024.",
}  # fmt: skip


def read(*texts: str) -> list[str]:
    found = read_dates(pa.array(texts, pa.large_string()), now=NOW)
    return [str(value) if value else "?" for value in found.values.to_pylist()]


@pytest.mark.parametrize("language", YEARS)
def test_a_year_of_dates_is_read_in_its_language(language: str) -> None:
    dates = YEARS[language].split("|")
    assert read(*dates) == [f"2024-{n:02}-{n:02} 00:00:00" for n in range(1, 13)]
    assert holds_days(pa.table({"d": pa.array(dates, pa.large_string())}), "d")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12 de marzo de 2024 2:30 p. m.", "2024-03-12 14:30:00"),
        ("12 de março de 2024 às 14:30", "2024-03-12 14:30:00"),
        ("12 mars 2024 à 14h30", "2024-03-12 14:30:00"),
        ("12 mars 2024 kl. 14.30", "2024-03-12 14:30:00"),
        ("12. März 2024, 14:30 Uhr", "2024-03-12 14:30:00"),
        ("12 Mart 2024 saat 14:30", "2024-03-12 14:30:00"),
        ("ngày 12 tháng 3 năm 2024 lúc 14:30", "2024-03-12 14:30:00"),
        ("mar. 12, 2024", "2024-03-12 00:00:00"),
        ("12 jui 2024", "?"),  # juin or juillet
        ("31 de febrero de 2024", "?"),
        ("12 High 2024", "?"),
    ],
)
def test_a_clock_behind_the_month_is_read_and_what_is_no_month_is_not(
    text: str, meant: str
) -> None:
    assert read(text) == [meant]


def test_a_name_of_two_months_is_what_the_other_dates_of_the_column_speak() -> None:
    polish, croatian = "1 marca 2024", "1. travnja 2024."
    assert read("3 listopada 2024", polish)[0].startswith("2024-11-03")
    assert read("3 listopada 2024", croatian)[0].startswith("2024-10-03")
    assert read("3 listopada 2024", "3 listopada 2023") == ["?", "?"]
    assert read("3 listopada 2024", polish, croatian)[0] == "?"
    assert months_of_names(["lis", "lip", "sty"]) == {"lis": 11, "lip": 7, "sty": 1}
