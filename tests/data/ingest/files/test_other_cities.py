"""Inspections as other cities and countries publish them: their words, numbers and encodings."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]


def test_a_german_register_is_read_in_its_own_encoding_and_words(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "Betriebskontrollen.csv"
    path.write_text(
        "Betriebsnummer;Betriebsname;Straße;Hausnummer;Ort;Kontrolldatum;Kontrollart;Ergebnis;"
        "Mängelpunkte;Breitengrad;Längengrad\n"
        "GA-1;Café Müller;Große Gasse;12 a;Köln;03.04.2026;Nachkontrolle;erhebliche Mängel;12,5;"
        "50,110922;8,682127\n",
        encoding="latin-1",
    )
    assert send("inspections", path).accepted == 1
    facts = ("raw_address", "unit_id", "result", "grade", "purpose", "lat", "lon", "at")
    (row,) = rows_of("inspections", *facts)
    assert [str(fact) for fact in row] == [
        "Große Gasse 12 a, Köln", "GA-1", "属实", "12.5", "Nachkontrolle", "50.110922", "8.682127",
        "2026-04-03 00:00:00",
    ]  # fmt: skip


def test_a_file_of_taiwan_is_read_in_its_own_encoding_and_years(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "稽查結果.csv"
    path.write_text(
        "案件編號,稽查日期,業者名稱,地址,稽查類別,稽查結果,缺失項數\n"
        "TP1,民國115年11月03日,金龍餐廳,臺北市大安區臨沂街3號,例行稽查,限期改善,2\n"
        "TP2,115/11/04,金龍餐廳,臺北市大安區臨沂街3號,複查,複查合格,0\n",
        encoding="cp950",
    )
    send("inspections", path)
    facts = ("inspection_id", "at", "result", "other_count")
    assert rows_of("inspections", *facts) == [
        ("TP1", datetime(2026, 11, 3), "属实", 2),  # noqa: DTZ001 -- local
        ("TP2", datetime(2026, 11, 4), "未发现异常", 0),  # noqa: DTZ001 -- local
    ]


FOREIGN = {
    "es": "Fecha inspección;Rótulo;Dirección;Motivo;Resultado;Puntuación\n"
    "23/11/2026;Bar Ávila;Calle Mayor, 12;Denuncia;Desfavorable;8,7\n",
    "pt": "Data da inspecao;Nome Fantasia;Endereço;Motivo da inspeção;Resultado;Pontuação\n"
    "23/11/2026;Bar;Calle Mayor, 12;Denuncia;Insatisfatório;8,7\n",
    "it": "Data controllo;Ragione sociale;Indirizzo;Motivo del controllo;Esito;Punteggio\n"
    "23.11.2026;Bar;Calle Mayor, 12;Denuncia;non conforme;8,7\n",
    "pl": "Data kontroli;Nazwa zakładu;Adres;Rodzaj kontroli;Wynik kontroli;Ocena\n"
    "23.11.2026;Bar;Calle Mayor, 12;Denuncia;stwierdzono nieprawidłowości;8,7\n",
    "ru": "Дата проверки;Наименование;Адрес;Вид проверки;Результат;Балл\n"
    "23.11.2026;Bar;Calle Mayor, 12;Denuncia;выявлены нарушения;8,7\n",
    "ko": "점검일자;업소명;소재지(도로명);점검구분;점검결과;점수\n"
    "2026. 11. 23.;Bar;Calle Mayor, 12;Denuncia;부적합;8,7\n",
    "es2": "FECHA_INSPECCION;ROTULO;DESC_VIAL;NUM_VIAL;TIPO_INSPECCION;RESULTADO_INSPECCION;"
    "PUNTUACION\n23/11/2026;Bar Ávila;Calle Mayor,;12;Denuncia;Con deficiencias;8,7\n",
    "tw": "稽查日期,業者名稱,業者地址,稽查原因,稽查結果,評分\n"
    '115/11/23,Bar,"Calle Mayor, 12",Denuncia,不符規定,8.7\n',
    "tr": "İŞLETME ADI;ADRES;DENETİM TARİHİ;DENETİM TÜRÜ;DENETİM SONUCU;Puan\n"
    "Bar;Calle Mayor, 12;23 KASIM 2026;Denuncia;Uygun Değil;8,7\n",
    "co": "FECHA DE VISITA;NOMBRE ESTABLECIMIENTO;DIRECCIÓN;TIPO DE VISITA;CONCEPTO SANITARIO;"
    "PUNTAJE\n23 de noviembre de 2026;Bar;Calle Mayor, 12;Denuncia;Desfavorable;8,7\n",
    "fr": "Date du contrôle;Établissement;Adresse;Type de contrôle;Résultat du contrôle;Score\n"
    "23 novembre 2026;Bar;Calle Mayor, 12;Denuncia;Défavorable;8,7\n",
    "nl": "Datum controle;Naam;Adres;Type controle;Resultaat controle;Score\n"
    "23 november 2026;Bar;Calle Mayor, 12;Denuncia;Ongunstig;8,7\n",
    "ro": "Data controlului;Denumire unitate;Adresa;Tip control;Rezultatul controlului;Punctaj\n"
    "23 noiembrie 2026;Bar;Calle Mayor, 12;Denuncia;Necorespunzător;8,7\n",
    "sv": "Kontrolldatum;Anläggning;Adress;Typ av kontroll;Resultat;Score\n"
    "23 november 2026;Bar;Calle Mayor, 12;Denuncia;Ej godkänd;8,7\n",
    "id": "Tanggal Inspeksi;Nama Usaha;Alamat;Jenis Inspeksi;Hasil Inspeksi;Skor\n"
    "23 November 2026;Bar;Calle Mayor, 12;Denuncia;Tidak Memenuhi Syarat;8,7\n",
    "vi": "Ngày kiểm tra;Tên cơ sở;Địa chỉ;Loại kiểm tra;Kết quả kiểm tra;Điểm\n"
    "ngày 23 tháng 11 năm 2026;Bar;Calle Mayor, 12;Denuncia;Không đạt;8,7\n",
    "ja": "監視年月日;施設名称;営業所所在地;監視区分;判定;採点\n"
    "令和8年11月23日;Bar;Calle Mayor, 12;Denuncia;不適;8,7点\n",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_headers_dates_and_results_of_other_languages_need_no_mapping(
    send: Send, rows_of: Rows, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(FOREIGN[language], encoding="utf-8")
    assert send("inspections", path).accepted == 1
    day = datetime(2026, 11, 23)  # noqa: DTZ001 -- local
    assert rows_of("inspections", "raw_address", "at", "purpose", "result", "grade") == [
        ("Calle Mayor, 12", day, "Denuncia", "属实", 8.7)
    ]


def test_what_a_ledger_says_of_problems_is_its_result(send: Send, rows_of: Rows) -> None:
    said = ["无", "现场未发现问题。", "1.消防通道堵塞；2.证照不全", "未落实登记制度", "", "0"]
    lines = [f"2026-11-0{n},虎山路{n}号,{text}" for n, text in enumerate(said, 1)]
    send("inspections", ["检查日期,场所地址,存在的问题", *lines])
    assert rows_of("inspections", "result", by="at") == [
        "未发现异常", "未发现异常", "属实", "属实", None, "未发现异常",
    ]  # fmt: skip


def test_an_order_to_correct_is_the_result_where_problems_are_numbers(
    send: Send, rows_of: Rows
) -> None:
    lines = ["检查日期,详细地址,存在问题（项）,是否下达整改通知书",
             "2026-11-03,虎山路3号,4,是", "2026-11-04,虎山路4号,1,否"]  # fmt: skip
    send("inspections", lines)
    told = rows_of("inspections", "result", "other_count", by="at")
    assert told == [("属实", 4), ("未发现异常", 1)]


@pytest.mark.parametrize("decided", [{}, {3: "Pending", 9: "Conviction - Fined"}])
def test_what_courts_decided_of_few_visits_is_no_result_where_problems_tell_them(
    send: Send, rows_of: Rows, decided: dict[int, str]
) -> None:
    lines = ["Inspection Date,Establishment Address,Severity,Outcome"]
    for n in range(12):
        severity = "S - Significant" if n % 3 == 0 else ""
        lines.append(f"2026-11-{n + 1:02},{n} QUEEN ST W,{severity},{decided.get(n, '')}")
    result = send("inspections", lines)
    assert (result.accepted, result.unmapped) == (12, ("Outcome",))
    assert rows_of("inspections", "result").count("属实") == 4
    kept = [line.replace("Severity", "Remark") for line in lines]
    assert send("inspections", kept).mapping["result"] == "Outcome", "nothing else tells it"


def test_an_address_that_is_in_two_towns_of_a_file_is_told_where_no_point_parts_it(
    send: Send,
) -> None:
    head = "Inspection Date,Address,City,Result"
    lines = ["2026-11-01,100 Main Street,SEATTLE,Pass", "2026-11-02,100 Main Street,Kent,Pass",
             "2026-11-03,7 Pike Street,Seattle,Pass", "2026-11-04,7 Pike Street,Seattle ,Fail",
             "2026-11-05,9 Main Street,Kent,Fail"]  # fmt: skip
    told = send("inspections", [head, *lines])
    assert told.warned_about["addresses_of_several_towns"] == ["100 Main Street"]
    pointed = [f"{line},-122.3,47.{n}" for n, line in enumerate(lines)]
    placed = send("inspections", [f"{head},longitude,latitude", *pointed], datum="wgs84")
    assert "addresses_of_several_towns" not in placed.warnings
    misspelt = [f"2026-11-{1 + n % 28:02},{n} Pike Street,Seattle,Pass" for n in range(200)]
    misspelt.append("2026-11-03,7 Pike Street,Saettle,Pass")
    assert "addresses_of_several_towns" not in send("inspections", [head, *misspelt]).warnings


@pytest.mark.parametrize("header", ["是否合格", "passed"])
def test_whether_a_place_passed_is_its_result(send: Send, rows_of: Rows, header: str) -> None:
    lines = [f"检查日期,详细地址,{header}",
             "2026-11-03,虎山路3号,Yes", "2026-11-04,虎山路4号,否"]  # fmt: skip
    send("inspections", lines)
    assert rows_of("inspections", "result", by="at") == ["未发现异常", "属实"]


def test_words_for_which_rows_were_refused_are_told(send: Send, rows_of: Rows) -> None:
    lines = ["address,inspection date,outcome", "1 High Street,2026-11-03,Lapses",
             "2 High Street,2026-11-03,No lapses", "3 High Street,2026-11-03,Lapses"]  # fmt: skip
    refused = send("inspections", lines)
    assert refused.warned_about["words_not_allowed"] == [
        "outcome=Lapses × 2",
        "outcome=No lapses × 1",
    ]
    send("inspections", lines, values={"result": {"No lapses": "未发现异常", "*": "属实"}})
    assert rows_of("inspections", "result", by="raw_address") == ["属实", "未发现异常", "属实"]


WORDS = {
    "未发现问题": "未发现异常",
    "发现问题已责令改正": "属实",
    "发现问题待后续处理": "属实",
    "公示信息隐瞒真实情况、弄虚作假": "属实",
    "不配合检查情节严重": "拒不开门",
    "通过登记的住所（经营场所）无法联系": "已不在",
    "未发现开展本次抽查涉及的经营活动": "已不在",
    "Très satisfaisant": "未发现异常",
    "A corriger de manière urgente": "属实",
    "ohne Beanstandung": "未发现异常",
    "Not Accessible": "未能进入",
    "不滿意": "属实",
    "Desfavorable": "属实",
    "Insatisfatório": "属实",
    "non conforme": "属实",
    "nie stwierdzono nieprawidłowości": "未发现异常",
    "нарушений не выявлено": "未发现异常",
    "부적합": "属实",
    "適": "未发现异常",
}


def test_results_are_known_by_the_words_of_those_who_publish_them(
    send: Send, rows_of: Rows
) -> None:
    lines = [f"某店,虎山路{n}号,2026-11-03,{word}" for n, word in enumerate(WORDS)]
    send("inspections", ["检查对象名称,住所,检查完成日期,抽查结果", *lines])
    assert rows_of("inspections", "result", by="source_row") == [*WORDS.values()]


def graded(grades: list[int], results: list[str]) -> list[str]:
    lines = [f"{n} High Street,2026-11-03,{grade},{result}"
             for n, (grade, result) in enumerate(zip(grades, results, strict=True))]  # fmt: skip
    return ["address,inspection date,score,result", *lines]


GRADES = [80 + n % 20 for n in range(80)]


def test_scores_without_a_result_are_told(send: Send) -> None:
    lines = [line.rpartition(",")[0] for line in graded(GRADES, [""] * 80)]
    assert "grades_without_results" in send("inspections", lines).warnings
    told = send("inspections", lines, values={"result": {"<=85": "属实"}})
    assert "grades_without_results" not in told.warnings


def test_visits_that_say_nothing_of_what_they_found_are_told(send: Send) -> None:
    lines = [line.rpartition(",")[0] for line in graded(GRADES, [""] * 80)]
    letters = [f"{line.rpartition(',')[0]},A" for line in lines[1:]]
    assert "grades_without_results" in send("inspections", [lines[0], *letters]).warnings
    bare = [line.rpartition(",")[0] for line in lines]
    assert "visits_without_results" in send("inspections", bare).warnings


def test_results_that_contradict_the_scores_are_told(send: Send) -> None:
    found = ["fail" if grade > 90 else "pass" for grade in GRADES]
    assert "grades_against_results" in send("inspections", graded(GRADES, found)).warnings
    found = ["fail" if grade < 90 else "pass" for grade in GRADES]
    assert "grades_against_results" not in send("inspections", graded(GRADES, found)).warnings


def test_the_number_of_any_row_gives_way_to_that_of_the_visit(send: Send, rows_of: Rows) -> None:
    send("inspections", ["_id,Inspection ID,address,date", "1,V7,12 High Street,2026-11-03"])
    assert rows_of("inspections", "inspection_id") == ["V7"]


def visits_graded(grade: Callable[[int, int], str]) -> list[str]:
    rows = (f"{place} High Street,2026-11-0{day},{grade(place, day)}"
            for place in range(1, 61) for day in (1, 2, 3))  # fmt: skip
    return ["address,date,grade", *rows]


def test_a_grade_that_is_of_the_place_today_and_not_of_each_visit_is_told(send: Send) -> None:
    of_places = send("inspections", visits_graded(lambda place, _: "ABC"[place % 3]))
    assert "grades_of_places" in of_places.warnings
    of_visits = send("inspections", visits_graded(lambda place, day: "ABC"[place * day % 3]))
    assert "grades_of_places" not in of_visits.warnings
    all_well = send("inspections", visits_graded(lambda place, _: "A" if place else "B"))
    assert "grades_of_places" not in all_well.warnings


def test_dutch_swedish_and_portuguese_headers_and_words_are_known(
    send: Send, rows_of: Rows
) -> None:
    dutch = ["Naam;Adres;Inspectiedatum;Oordeel;Aantal overtredingen",
             "A;Damstraat 1;3-11-2026;Voldoet niet;2"]  # fmt: skip
    swedish = ["Anläggning;Adress;Kontrolldatum;Bedömning;Antal avvikelser",
               "A;Storgatan 1;2026-11-04;Utan avvikelse;0"]  # fmt: skip
    portuguese = ["Designação;Morada;Data da fiscalização;Resultado da fiscalização",
                  "A;Rua Nova, 1;15/11/2026;Com infrações"]  # fmt: skip
    for lines in (dutch, swedish, portuguese):
        send("inspections", lines)
    assert rows_of("inspections", "raw_address", "result", "other_count", by="at") == [
        ("Damstraat 1", "属实", 2), ("Storgatan 1", "未发现异常", 0), ("Rua Nova, 1", "属实", None),
    ]  # fmt: skip


def test_firms_that_share_addresses_and_have_no_number_are_told(send: Send) -> None:
    rows = [f"{place} High Street,{name}{place},2026-11-03,pass,{name}{place}"
            for place in range(25) for name in "AB"]  # fmt: skip
    header = "address,dba,date,result,"
    assert "places_without_number" in send("inspections", [f"{header}v", *rows]).warnings
    assert "places_without_number" not in send("inspections", [f"{header}licence", *rows]).warnings
    alone = [row for row in rows if ",A" in row]
    assert "places_without_number" not in send("inspections", [f"{header}w", *alone]).warnings


def test_a_file_in_which_every_visit_found_something_is_told(send: Send) -> None:
    assert "finds_alone" in send("inspections", graded(GRADES, ["fail"] * 80)).warnings
    one = ["pass", *["fail"] * 79]
    assert "finds_alone" not in send("inspections", graded(GRADES, one)).warnings
