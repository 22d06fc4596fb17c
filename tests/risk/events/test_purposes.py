from __future__ import annotations

import pytest

from risk.config.words import PURPOSES, PurposeWords
from risk.events.purposes import classify_purposes


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


def test_no_occasions_have_no_class() -> None:
    assert not len(classify_purposes([], PurposeWords()))
