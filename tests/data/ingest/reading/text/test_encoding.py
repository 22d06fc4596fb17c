"""Which encoding a text file is in."""

from pathlib import Path

import pytest

from data.ingest.reading.text.encoding import find_encoding

GERMAN = "Betrieb;Straße;Mängel\nCafé Müller;Große Bäckergasse 3;ohne Mängel\nKiosk;Am Markt 1;ja\n"
FRENCH = "établissement;évaluation\nBoulangerie;À améliorer\nCrêperie Noël;Très satisfaisant\n"
DANISH = "navn;by\nKoncept;København Ø\nCafé;København Ø\nBar;Århus Ø\nGrill;Ø\n"
CHINESE = "名称,地址,结果\n金龙餐厅,东岳大街12号,合格\n学而优,虎山路3号A座,不合格\n"
ANSWERS = "name,open,place\nA,是,北\nB,否,南\nC,是,西区B座\n"
TRADITIONAL = "業者,地址,結果\n金龍餐廳,復興南路一段107巷5號,合格\n福記,臨沂街3號1樓,不合格\n" * 3

POLISH = (
    "Nazwa;Adres;Wynik\nBar Pod Różą;ul. Świętokrzyska 3;zgodny\nGęś;Żelazna 5;bez zastrzeżeń\n"
)
CZECH = "název;adresa\nU Šárky;Žižkova 5\nKavárna;Náměstí Míru 3\nTěšín;Růžová 1\n"
RUSSIAN = "Дата;Адрес;Результат\n1;ул. Арбат, д. 3;нарушения не выявлены\n"
KOREAN = "업소명,업종명,소재지,점검일자,점검결과\n행복한식당,일반음식점,마포구 강남대로,1\n"
JAPANESE = "施設名,所在地,判定\n大吉,大阪市北区梅田1丁目2番3号,適\nさくら,中央区難波,不適\n"
SPANISH = "calle;vial;resultado\nALCALÁ;12;favorable\nMAYOR;3;favorable\n"
"""One accent, before a mark with which it is no Chinese character."""
TURKISH = "İşletme Adı;Adres;Sonuç\nŞirin Café;Atatürk Cad. No:12;Uygun\nKöşk;Çağ Sok. 3;Uygun\n"
"""In Windows-1252 its letters would be Icelandic: Ýþletme Adý."""
ICELANDIC = "heiti;heimilisfang\nÞórður;Skólavörðustígur 12\nBæjarins bestu;Aðalstræti 3\nÝmir;\n"
ROMANIAN = "Unitate;Adresă\nŞarpele;Str. Ţepeş Vodă 5\nPâine;Şos. Ştefan 3\n"
HUNGARIAN = "név;cím\nFűtő;Petőfi út 5\nÉtkező;Erzsébet körút 3\n"
LITHUANIAN = "įmonė;adresas\nĄžuolas;Šiaulių g. 3\nŪkis;Žemaičių g. 5\n"
GUESTS = "Name;Straße\nCafé Müller;Große Gasse 3\nBäckerei Novotný;Königsweg 5\n" * 3
"""One name from elsewhere among German ones."""
TYPOGRAPHY = "name,address\nWendy’s,1 High Street\nFish – Chips,“Old Mill” Lane 2\n"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (GERMAN, "latin-1", "cp1252"),
        (FRENCH, "cp1252", "cp1252"),
        (DANISH, "cp1252", "cp1252"),
        (SPANISH, "cp1252", "cp1252"),
        (TYPOGRAPHY, "cp1252", "cp1252"),
        (TURKISH, "cp1254", "cp1254"),
        (ICELANDIC, "cp1252", "cp1252"),
        (GUESTS, "cp1252", "cp1252"),
        (ROMANIAN, "cp1250", "cp1250"),
        (HUNGARIAN, "cp1250", "cp1250"),
        (LITHUANIAN, "cp1257", "cp1257"),
        (TYPOGRAPHY, "utf-8", "utf-8"),
        (GERMAN, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (ANSWERS, "gb18030", "gb18030"),
        (TRADITIONAL, "cp950", "cp950"),
        (POLISH, "cp1250", "cp1250"),
        (POLISH, "iso8859-2", "iso8859-2"),
        (CZECH, "cp1250", "cp1250"),
        (CZECH, "iso8859-2", "iso8859-2"),
        (RUSSIAN, "cp1251", "cp1251"),
        (KOREAN, "euc-kr", "cp949"),
        (JAPANESE, "cp932", "cp932"),
    ],
)
def test_other_alphabets_are_not_read_as_chinese(
    tmp_path: Path, text: str, written: str, found: str
) -> None:
    """GB18030 reads nearly every byte, as characters that nobody would write there."""
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(written))
    assert find_encoding(path) == found


def test_a_stray_byte_leaves_a_text_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(CHINESE.encode() + b"A\xc1;B\n")
    assert find_encoding(path) == "utf-8"
