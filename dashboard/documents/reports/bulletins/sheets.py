"""Bulletins as workbooks: every figure with what it was worked out from."""

from typing import Final

import pandas as pd

from dashboard.documents.reports.bulletins.words import notes, period_words
from dashboard.documents.workbook import Sheet
from dashboard.i18n import Translator
from governance.records.bulletins.figures import ALL, BY_NAME
from governance.records.bulletins.service import Bulletin

_COUNTS: Final = {"community": "Community", "figure": "Figure", "value": "Period",
                  "before": "Period before", "year_before": "Same period last year",
                  "means": "What it is"}  # fmt: skip
_RATES: Final = {"community": "Community", "figure": "Figure", "numerator": "Numerator",
                 "denominator": "Denominator", "value": "Rate", "few": "Fewer than 10",
                 "before": "Period before", "year_before": "Same period last year",
                 "means": "What it is"}  # fmt: skip
_WAITING: Final = {"community": "Community", "clock": "Has to", "overdue": "Cases overdue",
                   "due_soon": "Due in 7 days", "first_due": "Earliest deadline"}  # fmt: skip


def bulletin_sheets(bulletin: Bulletin, *, say: Translator) -> list[Sheet]:
    """Return counts, rates and what waits, of all communities together and of each."""
    note = " ".join([period_words(bulletin.period, say=say), *notes(bulletin, say=say)])
    rates = bulletin.figures["figure"].map(lambda name: bool(BY_NAME[name].denominator))
    return [
        _figures(bulletin, ~rates, _COUNTS, say("Counts"), note, percents=False, say=say),
        _figures(bulletin, rates, _RATES, say("Rates"), note, percents=True, say=say),
        _waiting(bulletin, note, say=say),
    ]


def _figures(
    bulletin: Bulletin, chosen: pd.Series, heads: dict[str, str], title: str, note: str, *,
    percents: bool, say: Translator,
) -> Sheet:  # fmt: skip
    rows = bulletin.figures[chosen]
    names = {ALL: say("All communities"), **bulletin.names}
    worded = rows.assign(
        community=rows["community"].map(names),
        means=[say.name("figure_means", name) for name in rows["figure"]],
        figure=[say.name("figure", name) for name in rows["figure"]],
    )[list(heads)]
    whole = [name for name in ("numerator", "denominator") if name in worded]
    if not percents:
        whole += ["value", "before", "year_before"]
    worded = worded.astype(dict.fromkeys(whole, "Int64")).astype(object)
    worded = worded.where(worded.notna(), None)
    shares = frozenset({"value", "before", "year_before"} if percents else ())
    return Sheet(title, worded, {name: say(head) for name, head in heads.items()}, note, shares)


def _waiting(bulletin: Bulletin, note: str, *, say: Translator) -> Sheet:
    rows, unplaced = bulletin.waiting, say("Not placed")
    worded = rows.assign(
        community=[bulletin.names.get(code, code) or unplaced for code in rows["community"]],
        clock=[say.name("has_to", str(each)) for each in rows["clock"]],
        first_due=pd.to_datetime(rows["first_due"]).dt.date,
    )  # fmt: skip
    heads = {name: say(head) for name, head in _WAITING.items()}
    return Sheet(say("Overdue and to do"), worded[list(heads)], heads, note)
