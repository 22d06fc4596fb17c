"""Which of the policy's forms the texts of stored rows tell of, by the words of now.

Kept beside the placement of an import and never in its rows, so that a change of the word list
screens them again and changes nothing that was imported.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.contracts.screening.office_terms import OfficeTerm, with_office_terms
from data.contracts.screening.screen import Screener, screener_with
from data.contracts.screening.word_list import default_words
from data.derived.backends.spark_tasks import work_through
from data.derived.cache import make_once
from data.lake.checksums import hash_options
from data.lake.manifest import Manifest
from data.lake.schema import FORM_TAGS, SCREENED_COLUMNS, TEXT, TUTORING
from data.workspace.storage_settings import EngineSettings

BETWEEN_FORMS: Final = "、"
SCREENING_VERSION: Final = 2
"""Part of every fingerprint: raise it when the same words would tell other forms of a text."""
_BETWEEN_TEXTS: Final = "\n"
_SCHEMA: Final = pa.schema(list(SCREENED_COLUMNS.items()))
_FINGERPRINT_DIGITS: Final = 12
_AT_ONCE: Final = 16_384
_MOST_KNOWN: Final = 4 * _AT_ONCE


@lru_cache(maxsize=8)
def screening_fingerprint(terms: tuple[OfficeTerm, ...]) -> str:
    """Fingerprint the words by which texts are screened: the product's and an office's own."""
    words = with_office_terms(default_words(), terms).model_dump()
    return hash_options({"version": SCREENING_VERSION, "words": words})[:_FINGERPRINT_DIGITS]


class ScreenedTexts:
    """The files of what the rows' texts tell of: ``screened/<table>/<import_id>-<fingerprint>``.

    The same whatever the register of buildings.

    ``folder``: where the derived files go.
    ``rows``: import id → its rows file.
    ``terms``: the office's own words.
    ``engine``: says where texts are screened (`data.derived.backends.spark_tasks`).
    """

    def __init__(
        self,
        folder: Path,
        rows: Mapping[str, Path],
        terms: tuple[OfficeTerm, ...],
        engine: EngineSettings,
    ) -> None:
        self._folder, self._rows, self._terms = folder / "screened", rows, terms
        self._engine = engine

    def path(self, manifest: Manifest) -> Path:
        """Return the file of an import; it is made unless it is there."""
        path = self._place(manifest)
        path.parent.mkdir(parents=True, exist_ok=True)
        write = partial(
            write_screened,
            rows=self._rows[manifest.import_id],
            contract=TABLES[manifest.table],
            screener=partial(screener_with, self._terms),
            engine=self._engine,
        )
        return make_once(path, write, instead_of=f"{manifest.import_id}-*.parquet")

    def existing(self, imports: Mapping[str, Sequence[Manifest]]) -> list[Path]:
        """Return the files of imports, by table, that are there and up to date."""
        paths = (self._place(manifest) for each in imports.values() for manifest in each)
        return [path for path in paths if path.is_file()]

    def _place(self, manifest: Manifest) -> Path:
        name = f"{manifest.import_id}-{screening_fingerprint(self._terms)}.parquet"
        return self._folder / manifest.table / name


def write_screened(
    path: Path, rows: Path, contract: TableContract, screener: Callable[[], Screener], *,
    engine: EngineSettings,
) -> None:  # fmt: skip
    """Screen the rows of a file part by part, so that memory does not grow with the import.

    ``path``: gets `SCREENED_COLUMNS`, a row group for each of the rows'.
    ``rows``: stored rows of the contract's table.
    ``screener``: gives what screens them; not asked where no row has a text.
    ``engine``: as of `ScreenedTexts`.
    """
    with pq.ParquetFile(rows) as source, pq.ParquetWriter(path, _SCHEMA) as written:
        present = [name for name in contract.screened if name in source.schema_arrow.names]
        known, groups = KnownTexts(screener), range(source.num_row_groups)
        parts = (source.read_row_group(group, columns=present) for group in groups)
        for tags in work_through(engine, lambda: known.screen_rows, parts, count=len(groups)):
            written.write_table(tags)


def screen_texts(texts: list[str], screener: Callable[[], Screener]) -> pa.Table:
    """Return `SCREENED_COLUMNS` of texts, each distinct one screened once."""
    return KnownTexts(screener).screen(pa.array(texts, TEXT))


class KnownTexts:
    """What the texts that were screened last tell of: many tickets come in the same words.

    ``screener``: gives what screens them; not asked while there is no text.
    """

    def __init__(self, screener: Callable[[], Screener]) -> None:
        self._screener = screener
        self._known: dict[str, tuple[str, bool]] = {"": ("", False)}

    def screen_rows(self, rows: pa.Table) -> pa.Table:
        """Return `SCREENED_COLUMNS` of rows by all of their columns, which are texts."""
        parts = [
            self.screen(_texts_of(rows.slice(first, _AT_ONCE)))
            for first in range(0, rows.num_rows, _AT_ONCE)
        ]
        return pa.concat_tables([_SCHEMA.empty_table(), *parts])

    def screen(self, texts: pa.Array) -> pa.Table:
        """Return `SCREENED_COLUMNS` of texts, none of them null."""
        coded = texts.dictionary_encode()
        distinct = coded.dictionary.to_pylist()
        new = [text for text in distinct if text not in self._known]
        if len(self._known) + len(new) > _MOST_KNOWN:
            self._known = {"": ("", False)}
            new = [text for text in distinct if text]
        if new:
            screened = self._screener().screen(new)
            self._known.update(
                (text, (BETWEEN_FORMS.join(each.forms), each.tutoring))
                for text, each in zip(new, screened, strict=True)
            )
        found = [self._known[text] for text in distinct]
        columns = {
            FORM_TAGS: pa.array([forms for forms, _ in found], TEXT),
            TUTORING: pa.array([tutoring for _, tutoring in found], pa.bool_()),
        }
        return pa.table(columns, schema=_SCHEMA).take(coded.indices)


def _texts_of(rows: pa.Table) -> pa.Array:
    """Return the cells of each row that say something, joined."""
    texts = pa.nulls(rows.num_rows, TEXT)
    for column in rows.columns:
        cells = pc.if_else(pc.equal(column, ""), None, column).combine_chunks()
        both = pc.binary_join_element_wise(texts, cells, pa.scalar(_BETWEEN_TEXTS, TEXT))
        texts = pc.coalesce(both, texts, cells)
    return texts.fill_null("")
