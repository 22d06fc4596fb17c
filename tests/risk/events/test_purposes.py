from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from risk.config.words import PURPOSES, WORDS_OF_LANGUAGES, PurposeWords
from risk.events.purposes import (
    NEVER,
    NOT_STATED,
    REVISIT_DAYS,
    are_revisits,
    classify_purposes,
    fill_in_purposes,
    first_stated,
)

_CLASSES = ("revisit", "complaint", "licence", "routine")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "routine"),
        ("例行巡查", "routine"),
        ("投诉核查", "complaint"),
        ("Complaint", "complaint"),
        ("许可现场核查", "licence"),
        ("Permit", "licence"),
        ("Complaint follow-up", "revisit"),
        ("投诉复查", "revisit"),
        ("Cycle Inspection / Re-inspection", "revisit"),
        ("Reinspection/Followup", "revisit"),
        ("複查", "revisit"),
        ("民眾檢舉", "complaint"),
        ("License", "licence"),
        ("Regelkontrolle", "routine"),
        ("定期巡查", "routine"),
        ("覆查", "revisit"),
        ("投訴", "complaint"),
        ("재점검", "revisit"),
        ("苦情", "complaint"),
        ("Denuncia", "complaint"),
        ("Herinspectie", "revisit"),
        ("Uppföljande kontroll", "revisit"),
        ("Oppfølgende tilsyn", "revisit"),
        ("Opfølgende kontrol", "revisit"),
        ("Visita programada", "routine"),
        ("Queja ciudadana", "complaint"),
        ("Licencia de apertura", "licence"),
        ("Vistoria de rotina", "routine"),
        ("Reinspeção", "revisit"),
        ("Contrôle planifié", "routine"),
        ("Contre-visite", "revisit"),
        ("Réclamation", "complaint"),
        ("Ispezione ordinaria", "routine"),
        ("ISPEZIONE STRAORDINARIA", "other"),
        ("Esposto", "complaint"),
        ("Turnusmäßige Kontrolle", "routine"),
        ("Geplande controle", "routine"),
        ("Niet geplande controle", "other"),
        ("Hercontrole na klacht", "revisit"),
        ("Klacht", "complaint"),
        ("RUTİN DENETİM", "routine"),
        ("Plansız denetim", "other"),
        ("Takip Denetimi", "revisit"),
        ("ŞİKAYET", "complaint"),
        ("Ruhsat", "licence"),
        ("Kontrola planowa", "routine"),
        ("Kontrola nieplanowa", "other"),
        ("Rekontrola", "revisit"),
        ("Control planificat", "routine"),
        ("Sesizare", "complaint"),
        ("Planerad kontroll", "routine"),
        ("Oplanerad kontroll", "other"),
        ("Klagomål", "complaint"),
        ("Inspeksi terjadwal", "routine"),
        ("Inspeksi tidak terjadwal", "other"),
        ("Tindak lanjut", "revisit"),
        ("Pengaduan", "complaint"),
        ("Kiểm tra định kỳ", "routine"),
        ("Không định kỳ", "other"),
        ("Phúc tra", "revisit"),
        ("Theo phản ánh của người dân", "complaint"),
        ("внеплановая", "other"),
        ("Consultation", "other"),
    ],
)
def test_the_words_of_an_occasion_tell_its_class(text: str, expected: str) -> None:
    assert classify_purposes([text], PurposeWords()).tolist() == [expected]
    assert expected in PURPOSES


def test_an_office_may_use_its_own_words() -> None:
    words = PurposeWords(complaint=("群众来电",))
    assert classify_purposes(["群众来电核实", "投诉"], words).tolist() == ["complaint", "other"]


def test_an_office_s_own_words_go_before_those_of_languages() -> None:
    words = PurposeWords(routine=("tindak lanjut",))
    assert classify_purposes(["Tindak lanjut"], words).tolist() == ["routine"]


def test_words_of_languages_are_in_the_identity_of_no_snapshot() -> None:
    """An office's settings say the same before and after more languages are known."""
    own = {word for name in _CLASSES for word in getattr(PurposeWords(), name)}
    assert not own & {word for name in _CLASSES for word in WORDS_OF_LANGUAGES[name]}


def test_no_occasions_have_no_class() -> None:
    assert not len(classify_purposes([], PurposeWords()))


def visits(*rows: tuple[int, int, float]) -> pd.DataFrame:
    """Make visits of unit, day and what was found, none of which states its purpose."""
    frame = pd.DataFrame(rows, columns=["unit_code", "day", "found"])
    return frame.assign(purpose_code=np.int8(NOT_STATED))


FIND, NOTHING, CLOSED = 1.0, 0.0, np.nan


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 10, FIND), (0, 31, NOTHING)], True),
        ([(0, 10, 0.4), (0, 31, CLOSED)], True),
        ([(0, 10, FIND), (0, 10 + REVISIT_DAYS, NOTHING)], True),
        ([(0, 10, FIND), (0, 11 + REVISIT_DAYS, NOTHING)], False),
        ([(0, 10, NOTHING), (0, 31, FIND)], False),
        ([(0, 10, FIND), (0, 20, NOTHING), (0, 31, NOTHING)], False),
        ([(0, 10, FIND), (0, 20, CLOSED), (0, 31, NOTHING)], True),
        ([(0, 10, NOTHING), (0, 10, FIND), (0, 31, NOTHING)], True),
        ([(0, 31, FIND), (0, 31, NOTHING)], False),
        ([(1, 10, FIND), (0, 31, NOTHING)], False),
        ([(-1, 10, FIND), (-1, 31, NOTHING)], False),
        ([(0, 10, CLOSED), (0, 31, FIND)], False),
    ],
)
def test_a_revisit_comes_soon_after_the_last_result_of_its_unit_was_a_find(
    rows: list[tuple[int, int, float]], *, expected: bool
) -> None:
    assert are_revisits(visits(*rows))[-1] == expected


@pytest.mark.parametrize("seed", range(5))
def test_nothing_of_the_same_day_or_later_makes_a_revisit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 200
    made = pd.DataFrame(
        {
            "unit_code": rng.integers(-1, 12, count),
            "day": np.sort(rng.integers(0, 700, count)),
            "found": rng.choice([FIND, NOTHING, CLOSED, 0.4], count),
        }
    )
    expected = []
    for row in made.itertuples():
        before = made[(made["unit_code"] == row.unit_code) & (made["day"] < row.day)]
        before = before[before["found"].notna()]
        last = before[before["day"] == before["day"].max()]
        soon = len(last) > 0 and row.day - last["day"].iloc[0] <= REVISIT_DAYS
        expected.append(row.unit_code >= 0 and soon and last["found"].max() > 0)
    assert any(expected)
    assert are_revisits(made).tolist() == expected


def test_from_the_first_stated_purpose_on_a_visit_that_states_none_is_routine() -> None:
    made = visits((0, 10, FIND), (0, 20, FIND), (1, 30, FIND), (0, 30, FIND), (0, 40, NOTHING))
    made.loc[2, "purpose_code"] = PURPOSES.index("complaint")
    stated_from = first_stated(*made[["purpose_code", "day"]].to_numpy().T)
    assert stated_from == 30
    codes = fill_in_purposes(made, stated_from=stated_from)
    names = [PURPOSES[code] for code in codes]
    assert names == ["routine", "revisit", "complaint", "routine", "routine"]


def test_purposes_that_no_list_has_count_as_none_until_one_is_known() -> None:
    made = visits((0, 10, FIND), (0, 20, FIND), (1, 30, FIND), (0, 30, FIND), (0, 40, NOTHING))
    made["purpose_code"] = np.int8(PURPOSES.index("other"))
    assert first_stated(*made[["purpose_code", "day"]].to_numpy().T) == NEVER
    made.loc[2, "purpose_code"] = PURPOSES.index("licence")
    stated_from = first_stated(*made[["purpose_code", "day"]].to_numpy().T)
    names = [PURPOSES[code] for code in fill_in_purposes(made, stated_from=stated_from)]
    assert names == ["routine", "revisit", "licence", "other", "other"]


def test_an_office_that_states_no_purpose_has_no_first_day_of_one() -> None:
    made = visits((0, 10, FIND), (0, 20, NOTHING))
    assert first_stated(*made[["purpose_code", "day"]].to_numpy().T) == NEVER
    nothing = np.zeros(0, np.int64)
    assert first_stated(nothing, nothing) == NEVER
    assert not len(fill_in_purposes(visits(), stated_from=NEVER))
