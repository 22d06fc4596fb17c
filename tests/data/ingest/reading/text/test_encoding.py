"""Which encoding a text file is in."""

from pathlib import Path

import pytest

from data.ingest.reading.text.encoding import find_encoding

GERMAN = "Betrieb;Straße;Mängel\nCafé Müller;Große Bäckergasse 3;ohne Mängel\nKiosk;Am Markt 1;ja\n"
FRENCH = "établissement;évaluation\nBoulangerie;À améliorer\nCrêperie Noël;Très satisfaisant\n"
CHINESE = "名称,地址,结果\n金龙餐厅,东岳大街12号,合格\n学而优,虎山路3号A座,不合格\n"
ANSWERS = "name,open,place\nA,是,北\nB,否,南\nC,是,西区B座\n"
TRADITIONAL = "業者,地址,結果\n金龍餐廳,復興南路一段107巷5號,合格\n福記,臨沂街3號1樓,不合格\n" * 3


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (GERMAN, "latin-1", "cp1252"),
        (FRENCH, "cp1252", "cp1252"),
        (GERMAN, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (ANSWERS, "gb18030", "gb18030"),
        (TRADITIONAL, "cp950", "cp950"),
    ],
)
def test_letters_with_accents_are_not_read_as_chinese(
    tmp_path: Path, text: str, written: str, found: str
) -> None:
    """Of a byte above ASCII beside a plain letter GB18030 would make a rare character."""
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(written))
    assert find_encoding(path) == found
