"""Bulletins as workbooks: every figure with what it was worked out from."""

import pandas as pd

from dashboard.documents.reports.bulletins.words import notes, period_words
from dashboard.documents.workbook import Sheet
from dashboard.i18n import Translator
from governance.records.bulletins.figures import ALL, BY_NAME
from governance.records.bulletins.service import Bulletin


def bulletin_sheets(bulletin: Bulletin, *, say: Translator) -> list[Sheet]:
    """Return counts, rates and what waits, of all communities together and of each."""
    note = " ".join([period_words(bulletin.period, say=say), *notes(bulletin, say=say)])
    rates = bulletin.figures["figure"].map(lambda name: bool(BY_NAME[name].denominator))
    named = {"community": say("Community"), "figure": say("Figure")}
    compared = {"before": say("Period before"), "year_before": say("Same period last year"),
                "means": say("What the figure is")}  # fmt: skip
    parts = {"numerator": say("Numerator"), "denominator": say("Denominator"),
             "value": say("Rate"), "few": say("Fewer than 10")}  # fmt: skip
    counts = {**named, "value": say("This period"), **compared}
    return [
        _figures(bulletin, ~rates, counts, say("Counts"), note, say=say),
        _figures(bulletin, rates, {**named, **parts, **compared}, say("Rates"), note, say=say),
        _waiting(bulletin, note, say=say),
    ]


def _figures(
    bulletin: Bulletin, chosen: pd.Series, heads: dict[str, str], title: str, note: str, *,
    say: Translator,
) -> Sheet:  # fmt: skip
    rows, percents = bulletin.figures[chosen], "denominator" in heads
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
    return Sheet(title, worded, heads, note, shares)


def _waiting(bulletin: Bulletin, note: str, *, say: Translator) -> Sheet:
    rows, unplaced = bulletin.waiting, say("Not placed")
    worded = rows.assign(
        community=[bulletin.names.get(code, code) or unplaced for code in rows["community"]],
        clock=[say.name("has_to", str(each)) for each in rows["clock"]],
        first_due=pd.to_datetime(rows["first_due"]).dt.date,
    )  # fmt: skip
    heads = {"community": say("Community"), "clock": say("Has to"),
             "overdue": say("Cases overdue"), "due_soon": say("Due in 7 days"),
             "first_due": say("Earliest deadline")}  # fmt: skip
    return Sheet(say("Overdue and to do"), worded[list(heads)], heads, note)
