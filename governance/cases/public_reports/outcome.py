"""What who reported is told of a case: its stage, and what was answered; nothing of how."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from data.contracts.case_vocabulary import ReplyWay, Stage
from data.store.tables.cases import Case
from governance.cases.public_reports.scrub import HIDDEN, scrub


class PublicStage(StrEnum):
    """What who reported is told of where the case stands."""

    RECEIVED = "received"
    LOOKED_INTO = "looked_into"
    ANSWERED = "answered"
    CLOSED = "closed"


PUBLIC_STAGES: Final = {
    Stage.NEW: PublicStage.RECEIVED,
    Stage.REPLIED: PublicStage.ANSWERED,
    Stage.CLOSED: PublicStage.CLOSED,
    Stage.RETURNED: PublicStage.CLOSED,
}
"""Stage of the case → what is told; every other one is looked into."""
_SETTLED: Final = frozenset({Stage.REPLIED, Stage.CLOSED})
"""Only then is told what was done: who teaches there may ask as well, and would be warned."""

_MASKED: Final = re.compile(r"\w*\*{3,}\w*", re.ASCII)
"""What masking leaves of a number is another person's, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOutcome:
    """What became of a report.

    ``received_on``, ``answered_on``, ``closed_on``: local days; None where it has not come to that.
    """

    receipt: str
    """Its number, in groups."""
    received_on: date
    stage: PublicStage
    passed_on_to: str = ""
    """The authority that decided; "" where none did, or the case is not answered yet."""
    answered_on: date | None = None
    answer: str = ""
    """What the office answered, without numbers and accounts; "" where nobody was to be told."""
    closed_on: date | None = None


def outcome_of(case: Case | None, *, receipt: str, received_on: date) -> ReportOutcome:
    """Return what who reported is told of the case that a report belongs to now."""
    if case is None:
        return ReportOutcome(receipt=receipt, received_on=received_on, stage=PublicStage.RECEIVED)
    stage = Stage(case.stage)
    settled, answered = stage in _SETTLED, case.reply_by not in {None, ReplyWay.NOBODY}
    return ReportOutcome(
        receipt=receipt,
        received_on=received_on,
        stage=PUBLIC_STAGES.get(stage, PublicStage.LOOKED_INTO),
        passed_on_to=_public(case.sent_to) if settled else "",
        answered_on=_day(case.replied_at) if settled and answered else None,
        answer=_public(case.reply) if settled and answered else "",
        closed_on=_day(case.closed_at) if stage == Stage.CLOSED else None,
    )


def _public(text: str | None) -> str:
    return _MASKED.sub(HIDDEN, scrub(text, name="", phone="")) if text else ""


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None
