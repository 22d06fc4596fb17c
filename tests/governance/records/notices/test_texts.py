"""What a new notice says of its cases is so."""

from datetime import date

import pytest

from data.contracts.notice_vocabulary import NoticeKind
from governance.records.notices.rules.decided import DecidedCase
from governance.records.notices.texts import Office, first_text


@pytest.mark.parametrize("kind", [NoticeKind.EXPOSURE, NoticeKind.BLACKLIST])
@pytest.mark.parametrize(
    ("decided_on", "told"),
    [(date(2026, 11, 2), "2026年第四季度"), (date(2026, 9, 28), "近期")],
)
def test_a_case_is_said_to_be_decided_in_the_quarter_of_the_notice_only_where_it_was(
    kind: NoticeKind, decided_on: date, told: str
) -> None:
    case = DecidedCase(
        case_no="XS-1", stage="已查处", channel="12345热线", decided_on=decided_on, outcome="罚款"
    )
    office = Office("示例街道办事处", "示例街道")
    text = first_text(kind, period="2026Q4", cases=[case], office=office)
    assert "2026年第四季度" in text.title
    before = "现将{}查处的1起" if kind == NoticeKind.EXPOSURE else "经核查，{}示例街道辖区内1起"
    assert before.format(told) in text.body
