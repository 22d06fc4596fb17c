"""The result of an import, and the counters that are filled while it runs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.vocabulary import VisitResult
from data.ingest.batches import CheckedBatch, SourceBatch
from data.ingest.checking.reasons import Reason
from data.ingest.checking.split_rows.rows_of_visits import ROWS_OF_ONE_VISIT, differing_columns
from data.ingest.checking.split_rows.several_buildings import SEVERAL_BUILDINGS, several_buildings
from data.ingest.checking.split_rows.shared_addresses import (
    SEVERAL_TOWNS,
    addresses_of_several_towns,
    count_shared_addresses,
)
from data.ingest.checking.times.missing_years import GuessedYears
from data.ingest.coordinates.point_notes import PointNotes
from data.ingest.quarantine.corrected_rows import corrected_rows, merge_corrected
from data.lake.manifest import ImportFacts, Manifest
from data.lake.schema import SHEET, SOURCE_ROW
from data.privacy.pseudonyms import mask_text


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCell:
    """A row that a reason kept out, and what stood there, without numbers of persons."""

    row: int
    """Its number as its sender sees it."""
    sheet: str
    """"" where the format has none."""
    field: str
    column: str
    """Header of the field; both are "" where the reason is about the row."""
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult(ImportFacts):
    """What became of a file; of one that was there already under the name of the earlier import."""

    located: dict[str, int] = field(default_factory=dict)
    """Level → stored rows of this import placed there; empty for tables that are not placed."""
    unmapped: tuple[str, ...] = ()
    """Headers that no field took."""
    repeated: bool = False
    """True when the very same file had been imported before: nothing was changed."""
    dry_run: bool = False
    """True when nothing was kept."""
    examples: Mapping[str, RefusedCell] = field(default_factory=dict)
    """Reason → the first row that it kept out, as this run read it; kept nowhere."""
    leads: int = 0
    """How many rows became leads that were none before; 0 where nobody makes leads of the table."""


NOWHERE = "none"
"""Level of rows that nothing places."""
_FEWEST_GRADES, _STANDARD_ERRORS, _SMALL = 30, 3.0, 1e-9
_SEVERAL, _FEWEST_PLACES, _NEARLY_ALL = 3, 20, 0.9
"""So many visits to each of so many places show whether grades are of visits or of places."""
UNKNOWN_SHOWN, REFUSED_SHOWN = 30, 8
"""So many values outside a list are written down for each field, the commonest first, and so many
of those for which rows were refused."""


class GradeNotes:
    """Whether visits say what they found, and how that goes with the numbers of their grades."""

    def __init__(self) -> None:
        self._graded, self._without_result, self._with_result = 0, 0, 0
        self._with_find = 0
        self._sums = {result: np.zeros(3) for result in (VisitResult.FOUND, VisitResult.NOTHING)}
        self._places = np.zeros(2, np.int64)

    def add(self, rows: pa.Table) -> None:
        """Take rows of any table."""
        if not {"grade", "grade_word", "result"} <= set(rows.column_names):
            return
        silent = rows["result"].null_count
        self._without_result += silent
        self._with_result += len(rows) - silent
        found = pc.equal(rows["result"], VisitResult.FOUND.value)
        self._with_find += pc.sum(found).as_py() or 0
        self._graded += len(rows) - rows["grade"].null_count
        some = rows.filter(pc.and_(rows["grade"].is_valid(), rows["grade_word"].is_null()))
        for result in self._sums:
            grades = some["grade"].filter(pc.equal(some["result"], result.value)).to_numpy()
            self._sums[result] += len(grades), grades.sum(), (grades**2).sum()
        self._places += _count_unchanged(rows)

    def warnings(self, better: str) -> tuple[str, ...]:
        """Return codes of what speaks against how grades are understood.

        ``better``: ``high`` or ``low``. Means differ if they are apart by three standard errors.
        Grades that hardly ever differ between visits to a place are what holds there today.
        """
        (found, nothing), least = self._sums.values(), _FEWEST_GRADES
        of_places = ("grades_of_places",) if self._are_of_places else ()
        if self._with_result >= least and self._with_find == self._with_result:
            return (*of_places, "finds_alone")
        if self._without_result >= least and not self._with_result:
            silent = "grades_without_results" if self._graded else "visits_without_results"
            return (*of_places, silent)
        if of_places or min(found[0], nothing[0]) < least:
            return of_places
        (mean, variance), (other, of_other) = (_mean_and_error(each) for each in (found, nothing))
        apart = (mean - other) / max(np.sqrt(variance + of_other), _SMALL)
        against = apart if better == "high" else -apart
        return ("grades_against_results",) if against > _STANDARD_ERRORS else ()

    @property
    def _are_of_places(self) -> bool:
        places, unchanged = self._places.tolist()
        return bool(places >= _FEWEST_PLACES and unchanged >= _NEARLY_ALL * places)


def _count_unchanged(rows: pa.Table) -> tuple[int, int]:
    """Return how many places have several grades, and at how many all are the same.

    Places with nothing but the commonest grade are not counted: they tell nothing.
    """
    place = pc.coalesce(rows["unit_id"], rows["raw_address"])
    graded = pa.table({"place": place, "grade": rows["grade"]}).drop_null()
    if not len(graded):
        return 0, 0
    commonest = pc.mode(graded["grade"])[0]["mode"]
    by_place = graded.group_by("place").aggregate(
        [("grade", "count"), ("grade", "min"), ("grade", "max")]
    )
    several = by_place.filter(pc.greater_equal(by_place["grade_count"], _SEVERAL))
    same = pc.equal(several["grade_min"], several["grade_max"])
    common = pc.and_(same, pc.equal(several["grade_min"], commonest))
    return len(several) - (pc.sum(common).as_py() or 0), pc.sum(
        pc.and_not(same, common)
    ).as_py() or 0


def _mean_and_error(sums: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean of numbers and the variance of it; ``sums``: how many, sum, of squares."""
    count, total, squares = sums
    mean = total / count
    return mean, (squares / count - mean**2) / count


@dataclass(slots=True)
class Tally:
    """Counts that grow from batch to batch."""

    rows_in: int = 0
    quarantined: int = 0
    repeated_in_file: int = 0
    left_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    dropped_personal: Counter[str] = field(default_factory=Counter)
    kept_unknown: dict[str, Counter[str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    returned: dict[str, list[str]] = field(default_factory=dict)
    points: PointNotes = field(default_factory=PointNotes)
    years: GuessedYears = field(default_factory=GuessedYears)
    grades: GradeNotes = field(default_factory=GradeNotes)
    refused_words: Counter[str] = field(default_factory=Counter)
    shared_addresses: int = 0
    examples: dict[str, RefusedCell] = field(default_factory=dict)

    def add(self, batch: SourceBatch, checked: CheckedBatch, *, left_out: int) -> None:
        """Count a batch."""
        self.rows_in += checked.rows_in
        self.quarantined += len(checked.quarantined)
        self.repeated_in_file += len(checked.duplicates)
        self.left_out += left_out
        self.reasons.update(checked.reasons)
        self.skipped.update(batch.skipped)
        self.dropped_personal.update(checked.dropped_personal)
        for name, values in checked.kept_unknown.items():
            self.kept_unknown.setdefault(name, Counter()).update(values)
        for code, about in batch.notes:
            self.notes.setdefault(code, []).extend([about] if about else [])
        self.refused_words.update(_words_not_allowed(checked.problems))
        self._take_examples(checked.problems)
        merge_corrected(self.returned, corrected_rows(batch))
        self.grades.add(checked.accepted)
        self.shared_addresses += count_shared_addresses(checked.accepted)
        if columns := differing_columns(batch, checked):
            self.notes.setdefault(ROWS_OF_ONE_VISIT, ["、".join(columns)])
        if numbers := several_buildings(checked.accepted)[:REFUSED_SHOWN]:
            self.notes.setdefault(SEVERAL_BUILDINGS, []).extend(numbers)
        if shared := addresses_of_several_towns(batch, checked)[:REFUSED_SHOWN]:
            self.notes.setdefault(SEVERAL_TOWNS, []).extend(shared)
        self.years.add(batch, checked)
        for code, which in checked.noted.items():
            self.points.note(code, checked.accepted, which)

    def _take_examples(self, problems: pa.Table) -> None:
        """Keep the first row of each reason that had none before."""
        for code in problems["code"].unique().to_pylist():
            if code not in self.examples:
                (row,) = problems.slice(pc.index(problems["code"], code).as_py(), 1).to_pylist()
                self.examples[code] = RefusedCell(
                    row=row[SOURCE_ROW],
                    sheet=row[SHEET] or "",
                    field=row["field"] or "",
                    column=row["column"] or "",
                    seen=mask_text(row["seen"] or ""),
                )

    def facts(self) -> dict[str, Any]:
        """Return what a manifest says as it was counted; of values outside a list the commonest."""
        return {
            "rows_in": self.rows_in,
            "quarantined": self.quarantined,
            "left_out": self.left_out,
            "reasons": dict(self.reasons),
            "skipped": dict(self.skipped),
            "dropped_personal": dict(self.dropped_personal),
            "kept_unknown": {
                name: dict(values.most_common(UNKNOWN_SHOWN))
                for name, values in self.kept_unknown.items()
            },
            "returned": self.returned,
            "warned_about": {code: about for code, about in self._all_notes().items() if about},
            "noted": self.points.counts,
            "noted_rows": self.points.rows,
        }

    def warnings(self, more: tuple[str, ...]) -> tuple[str, ...]:
        """Return the codes of what a reader should know."""
        return tuple(dict.fromkeys((*self._all_notes(), *more)))

    def _all_notes(self) -> dict[str, list[str]]:
        words = self.refused_words.most_common(REFUSED_SHOWN)
        counted = [f"{word} × {count}" for word, count in words]
        unnumbered = self.shared_addresses >= _FEWEST_PLACES
        return (
            self.notes
            | self.years.notes()
            | ({"words_not_allowed": counted} if counted else {})
            | ({"places_without_number": []} if unnumbered else {})
        )


def _words_not_allowed(problems: pa.Table) -> dict[str, int]:
    """Return the words for which rows were refused, with their column → rows."""
    some = problems.filter(pc.equal(problems["code"], Reason.NOT_ALLOWED.value))
    words = pc.binary_join_element_wise(
        some["column"], some["seen"], pa.scalar("=", pa.large_string())
    )
    return {each["values"]: each["counts"] for each in pc.value_counts(words).to_pylist()}


def result_of(
    manifest: Manifest,
    *,
    located: Mapping[str, int],
    unmapped: tuple[str, ...],
    examples: Mapping[str, RefusedCell],
    dry_run: bool,
) -> ImportResult:
    """Return the result of an import from what was written down about it, and examples."""
    facts = {each.name: getattr(manifest, each.name) for each in fields(ImportFacts)}
    if located and set(located) == {NOWHERE}:
        facts["warnings"] = (*manifest.warnings, "nothing_placed")
    return ImportResult(
        **facts,
        located=dict(located),
        unmapped=unmapped,
        examples=dict(examples),
        dry_run=dry_run,
    )


def repeated_result(
    manifest: Manifest, *, located: Mapping[str, int], dry_run: bool
) -> ImportResult:
    """Return the result of importing a file that is in the lake already: all are duplicates."""
    return ImportResult(
        import_id=manifest.import_id,
        table=manifest.table,
        rows_in=manifest.rows_in,
        accepted=0,
        quarantined=0,
        duplicates=manifest.rows_in,
        located=dict(located),
        left_out=manifest.left_out,
        mapping=manifest.mapping,
        datum=manifest.datum,
        repeated=True,
        dry_run=dry_run,
    )
