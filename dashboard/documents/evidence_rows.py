"""How the rows behind a score read: when, what, how surely placed, worth how much."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

import pandas as pd

from dashboard.documents.columns import Column
from dashboard.i18n import Translator
from data.derived.screened import BETWEEN_FORMS
from data.lake.schema import FORM_TAGS
from risk.explanation.evidence import REPORTER_NUMBER, EvidenceRow

EVIDENCE = (
    Column("event_at"),
    Column("table", kind="table"),
    Column("facts"),
    Column("source", kind="came_about", header="Came about by", optional=True),
    Column("match_level", kind="level"),
    Column("value", digits=3),
    Column("row_key"),
)
_KINDS = {"result": "visit_result", "mode": "visit_kind"}
_SAYS_NOTHING = frozenset({"", "无"})


def evidence(
    rows: Sequence[EvidenceRow], *, names: Mapping[str, str], say: Translator
) -> pd.DataFrame:
    """Lay out the rows behind a factor.

    ``names``: name of each building that one may see, by id: rows of the register are told by it.
    """
    listed = [
        {
            "event_at": _time_text(row.event_at),
            "table": row.table,
            "facts": facts_text(row, names=names, say=say),
            "source": row.source,
            "match_level": row.match_level,
            "value": row.value,
            "row_key": row.row_key,
        }
        for row in rows
    ]
    return pd.DataFrame(listed, columns=[column.name for column in EVIDENCE])


def facts_text(row: EvidenceRow, *, names: Mapping[str, str], say: Translator) -> str:
    """Return what a row says, each thing once; a building of the register by its name."""
    if row.table == "buildings":
        return names.get(row.building_id, "")
    texts = []
    for name, code in row.facts.items():
        if name == REPORTER_NUMBER:
            text = say("reporter {number}", number=code)
        elif name == FORM_TAGS:
            text = say(", ").join(say.name("term_part", form) for form in code.split(BETWEEN_FORMS))
        else:
            text = say.name(_KINDS.get(name, name), str(code))
        if code not in _SAYS_NOTHING and text not in texts:
            texts.append(text)
    return " · ".join(texts)


def _time_text(at: datetime | None) -> str:
    """Return a day where only that is known, else a time to the minute."""
    if at is None or pd.isna(at):
        return ""
    return f"{at:%Y-%m-%d}" if at.time() == time() else f"{at:%Y-%m-%d %H:%M}"
