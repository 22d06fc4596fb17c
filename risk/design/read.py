"""The one read of inspections and complaints from which many cuts are evaluated.

A visit's row says where, what for, when it happened and when we learnt of it, and – where it has a
result – what it brought. Days are whole numbers since 1970-01-01, local time; a cut is such a day,
and known at a cut is what happened and was learnt on an earlier day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from ibis import ir
from numpy.typing import NDArray

from risk import schema as c
from risk.arrays import Codes, by_text, changed_texts, is_blank
from risk.config.score import Caps, Evidence, ScoreConfig
from risk.config.words import PURPOSES, PurposeWords
from risk.design.kernel import RESOLUTION
from risk.design.visit_order import FILE, HOUR, ROW, order_of
from risk.design.visit_table import DOOR, NUMBER, PURPOSE, WORDS, Facts, make_facts
from risk.events.fetch import fetch_columns
from risk.events.known_from import LEARNT
from risk.events.purposes import NOT_STATED, classify_purposes
from risk.events.repeats import COPY_COLUMNS, POSITION, once_per_visit
from risk.events.rows import OWN_POINT, FeatureSource, known_rows
from risk.events.signals import effort_of
from risk.features.neighbours import parent_cells

_FEW: Final = ("place_kind", "risk_class", "purpose", "mode", "result", "grade_word", "match_level")
FACT_TEXTS: Final = (
    *("unit_id", "building_id", "party_key", "party_words", "h3_r10"),
    *_FEW,
)
FACT_NUMBERS: Final = ("critical_count", "other_count", "grade", "lon", "lat")
_ROUNDING: Final = 1e-9
GRADE_HIGH: Final = "high"
_DAYS: Final = {c.DAY: c.EVENT_AT, LEARNT: c.LEARNT_AT}


def read_facts(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> Facts:
    """Read visits and complaints once, for every cut up to ``cut``.

    ``cut``: local time: only what was learnt and happened before it. Of a row that was corrected
    later the version known at ``cut`` is read, with the time *that* version was learnt. ``config``:
    what counts as a find; the words of purposes; the bandwidths of neighbourhoods.
    """
    return make_facts(
        read_visit_facts(source, cut=cut, config=config),
        read_report_facts(source, cut=cut, config=config),
        config=config.model,
    )


def read_visit_facts(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.DataFrame:
    """Read the visits learnt before ``cut``, each once (`risk.events.repeats`).

    The frame: in order (`risk.design.visit_order`). ``door`` (the unit as it is named),
    ``building``, ``party``, ``words`` (keys of the words of its name), ``kind``, ``risk_class``,
    ``purpose_code`` (`PURPOSE`), ``day``, ``learnt``, ``cell`` (resolution 9) and ``h3_r10``,
    ``''`` where unknown; ``lon``, ``lat`` (WGS-84, NaN unknown); ``effort`` (0 to 1,
    `risk.events.signals`) and ``hour`` of the day (NaN where only the day is known); ``found`` (1 a
    find, a share where only suspected, 0 none), ``critical`` (0 or 1) and ``other`` (a count), NaN
    where the visit has no such result; ``problems`` (all that were counted); ``fault_score`` (the
    inspection's score, turned so that more is worse), NaN where the row says none; ``in_words``,
    whether the score stands for a word; ``row_key``. What is a unit is decided as of each cut
    (`Facts.before`).
    """
    return read_visit_rows(once_per_visit(known_rows(source, "inspections", cut)), config=config)


def read_visit_rows(
    table: ir.Table, *, config: ScoreConfig, times: Sequence[str] = (), with_keys: bool = True
) -> pd.DataFrame:
    """Read rows of inspections as `read_visit_facts` does, with further columns of times.

    `risk.events.repeats.COPY_COLUMNS` are read with them where copies were marked. ``with_keys``:
    whether ``row_key`` is read, too.
    """
    marks = [name for name in COPY_COLUMNS if name in table.columns]
    keys = [c.ROW_KEY] if with_keys else []
    table = table.mutate(effort=effort_of(table, config.effort), **{HOUR: _hour(table)})
    rows = fetch_columns(
        table,
        texts=(*FACT_TEXTS, *keys, *marks, *FILE),
        numbers=(*FACT_NUMBERS, "effort", HOUR, ROW),
        days=_DAYS,
        times=times,
        coded=(c.BUILDING, *_FEW, *FILE),
        arrange=partial(_arrange, config=config),
    )
    rows = rows.assign(**_texts_and_numbers(rows[c.BUILDING]))
    return visit_facts(rows, config=config, further=(*keys, *times, *marks, NUMBER))


def _arrange(rows: dict[str, Any], *, config: ScoreConfig) -> Codes:
    """Return the order of fetched rows; take out where they stand in files."""
    order = order_of(rows, results=known_results(config.evidence))
    for name in POSITION:
        rows.pop(name, None)
    return order


def read_row_keys(table: ir.Table, *, config: ScoreConfig) -> pd.DataFrame:
    """Read ``row_key`` and `POSITION` of rows of inspections, in the order of `read_visit_rows`."""
    rows = fetch_columns(
        table.mutate(**{HOUR: _hour(table)}),
        texts=("result", c.ROW_KEY, *FILE),
        numbers=(HOUR, ROW),
        days={c.DAY: c.EVENT_AT},
        coded=("result", *FILE),
        arrange=partial(order_of, results=known_results(config.evidence)),
    )
    return rows[[c.ROW_KEY, *POSITION]]


def _texts_and_numbers(building: pd.Series) -> dict[str, Any]:
    """Return coded names of buildings as texts, and their codes."""
    if not isinstance(building.dtype, pd.CategoricalDtype):  # where none is named
        return {NUMBER: 0}
    numbers = building.cat.codes.to_numpy()
    return {c.BUILDING: building.cat.categories.array.take(numbers), NUMBER: numbers}


def visit_facts(
    rows: pd.DataFrame, *, config: ScoreConfig, further: Sequence[str] = ()
) -> pd.DataFrame:
    """Return what rows of inspections say, as `read_visit_facts` does, in their order.

    ``rows``: `FACT_TEXTS`, `FACT_NUMBERS`, ``effort``, ``hour``, ``day`` and ``learnt`` of each.
    ``further``: columns to carry along.
    """
    outcomes = _outcomes(rows, config.evidence)
    return pd.DataFrame(
        {
            DOOR: rows["unit_id"],
            "building": rows["building_id"],
            "party": rows["party_key"],
            WORDS: rows["party_words"],
            "kind": changed_texts(rows["place_kind"], lambda kind: kind.str.strip().str.upper()),
            "risk_class": changed_texts(rows["risk_class"], lambda each: each.str.strip()),
            PURPOSE: _purposes(rows, config.model.purposes),
            **_cells(rows),
            **{name: rows[name] for name in (c.DAY, LEARNT, "lon", "lat")},
            **{name: rows[name] for name in ("effort", HOUR, *further)},
            **outcomes,
            "fault_score": _fault_score(rows, config.grade_better),
            "in_words": rows["grade_word"] != "",
        },
        copy=False,
    )


def _purposes(rows: pd.DataFrame, words: PurposeWords) -> NDArray[np.int8]:
    """Return the number of each visit's purpose, told by its way where no purpose is.

    `NOT_STATED` where neither is: what it then is, is decided as of each cut.
    """

    def numbers(texts: pd.Series) -> NDArray[np.int64]:
        return by_text(texts, lambda each: [
            PURPOSES.index(name) if text.strip() else NOT_STATED
            for name, text in zip(classify_purposes(list(each), words), each, strict=True)
        ])  # fmt: skip

    stated = (rows["purpose"] != "").to_numpy()
    purposes = numbers(rows["purpose"] if stated.any() else rows["mode"]).astype(np.int8)
    if stated.any() and not stated.all():
        purposes[~stated] = numbers(rows["mode"])[~stated]
    return purposes


def read_report_facts(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.DataFrame:
    """Read the complaints learnt before ``cut``, in order of time, no voice above its cap.

    The frame: ``building``, ``cell``, ``h3_r10``, ``day``, ``learnt``, ``row_key``. See
    `cap_reporters`.
    """
    texts = ("building_id", "h3_r10", "match_level", "reporter_key", c.ROW_KEY)
    rows = fetch_columns(known_rows(source, "complaints", cut), texts=texts, days=_DAYS)
    reports = pd.DataFrame(
        {
            "building": rows["building_id"],
            **_cells(rows),
            **{name: rows[name] for name in ("reporter_key", c.DAY, LEARNT, c.ROW_KEY)},
        }
    )
    capped = cap_reporters(
        reports, caps=config.caps, half_life_days=config.half_life_days.complaints
    )
    order = [c.DAY, LEARNT, "building", "h3_r10", c.ROW_KEY]
    return capped.sort_values(order, kind="stable", ignore_index=True)


def cap_reporters(reports: pd.DataFrame, *, caps: Caps, half_life_days: float) -> pd.DataFrame:
    """Drop a reporter's complaints about a place beyond the cap; return rows without the key.

    Of one reporter's complaints of one day about one place (a building, or a cell where none is
    known) one counts; of the others those whose decayed number, with the earlier ones, stays within
    the cap. Reports without a name share a cap of their own. What is left out depends only on
    reports learnt no later, so nothing from after a cut decides about what was known at it.
    """
    place = reports["building"].where(reports["building"] != "", reports["h3_r10"])
    order = [LEARNT, c.DAY, "h3_r10", c.ROW_KEY]
    ordered = reports.assign(_place=place).sort_values(order, kind="stable")
    named = ordered["reporter_key"] != ""
    keys = ["_place", "reporter_key", c.DAY]
    once = ordered[~(ordered.duplicated(keys) & named) & (ordered["_place"] != "")]
    voice = ["_place", "reporter_key"]
    cap = np.where(once["reporter_key"] != "", caps.reporter, caps.unknown_reporters)
    many = once.groupby(voice)[c.DAY].transform("size") > cap
    row_index = [*ordered.index[ordered["_place"] == ""], *once.index[~many]]
    for _, group in once.assign(_cap=cap)[many].groupby(voice, sort=False):
        row_index += _within_cap(group, float(group["_cap"].iloc[0]), half_life_days)
    return reports.loc[sorted(row_index)].drop(columns="reporter_key")


def _within_cap(group: pd.DataFrame, cap: float, half_life_days: float) -> list[int]:
    """Return the index of the reports, first learnt first, that stay within the cap."""
    days = group[c.DAY].to_numpy(np.float64)
    counted: list[int] = []
    for number in range(len(days)):
        apart = np.abs(days[counted] - days[number])
        if float((2.0 ** (-apart / half_life_days)).sum()) + 1.0 <= cap + _ROUNDING:
            counted.append(number)
    return [int(row) for row in group.index.to_numpy()[counted]]


def _hour(table: ir.Table) -> ir.FloatingValue:
    at = table[c.EVENT_AT]
    hour = at.hour().cast("float64") + at.minute().cast("float64") / 60.0
    return ibis.ifelse(at == at.truncate("D"), ibis.null("float64"), hour)


def _cells(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the cells where rows happened, ``''`` where only an estate's middle is known."""
    fine = rows["h3_r10"]
    if not is_blank(fine):
        fine = fine.where(rows["match_level"].isin(list(OWN_POINT)), "")
    return {"cell": parent_cells(fine, RESOLUTION), "h3_r10": fine}


def _outcomes(rows: pd.DataFrame, evidence: Evidence) -> Mapping[str, pd.Series]:
    """Read what each visit brought; who was not let in, or met nobody, has learnt nothing."""
    known = known_results(evidence)
    weights = by_text(rows["result"], lambda each: [known.get(word, np.nan) for word in each])
    found = pd.Series(weights, index=rows.index, dtype=np.float64)
    critical, other = rows["critical_count"], rows["other_count"]
    if critical.isna().all() and other.isna().all():  # one array for all
        return {"found": found, **dict.fromkeys(("critical", "other", "problems"), critical)}
    return {
        "found": found,
        "critical": (critical > 0).astype(np.float64).where(found.notna() & critical.notna()),
        "other": other.where(found.notna()),
        "problems": rows[["critical_count", "other_count"]].sum(axis=1, min_count=1),
    }


def known_results(evidence: Evidence) -> dict[str, float]:
    """Return what each word for a result says was found, 0 to 1; others say nothing."""
    return {**dict.fromkeys(evidence.not_found, 0.0), **evidence.found}


def _fault_score(rows: pd.DataFrame, grade_better: str) -> pd.Series:
    """Turn grades so that more is worse; the numbers that stand for words are high where good."""
    grade = rows["grade"]
    if grade.isna().all():
        return grade
    is_good = (rows["grade_word"] != "") | (grade_better == GRADE_HIGH)
    return grade.where(~is_good, -grade)
