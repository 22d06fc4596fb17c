"""The normalised address of every stored row, kept so that no text is read twice.

It follows from the row alone: neither register nor grids nor decisions are in it, so that a file of
it holds as long as its import.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.derived.cache import make_once
from data.derived.placing.place import ADDRESS_FIELD
from data.lake.manifest import Manifest
from data.lake.schema import PLACING_VERSION

Keys = NDArray[np.object_]
KEY: Final = "address_key"


class AddressKeys:
    """Normalised addresses of rows, by import.

    ``folder``: where the derived files are.
    ``rows``: import id → its rows file.
    """

    def __init__(self, folder: Path, rows: Mapping[str, Path]) -> None:
        self.folder, self._rows = folder, rows

    def of(self, manifest: Manifest) -> Keys:
        """Return the key of each row of an import, in order, '' where it has no address."""
        column = pq.read_table(self.path(manifest), columns=[KEY])[KEY]
        keys: Keys = column.to_numpy(zero_copy_only=False)
        return keys

    def among(self, manifests: Iterable[Manifest], wanted: frozenset[str]) -> frozenset[str]:
        """Return those of some normalised addresses that a row of the imports may have.

        Of two billion addresses that differ one may be taken for another.
        """
        texts = np.array(sorted(wanted), dtype=object)
        if not len(texts):
            return frozenset()
        hashes = pd.util.hash_array(texts, categorize=False)
        found = np.zeros(len(texts), dtype=bool)
        for manifest in manifests:
            held = _hashes(self.path(manifest))
            if len(held):
                at = np.searchsorted(held, hashes).clip(max=len(held) - 1)
                found |= held[at] == hashes
        return frozenset(texts[found])

    def path(self, manifest: Manifest) -> Path:
        """Return the file of an import's keys."""
        path = self.folder / "keys" / manifest.table
        path.mkdir(parents=True, exist_ok=True)
        name = f"{manifest.import_id}-{PLACING_VERSION}.parquet"
        rows = self._rows[manifest.import_id]
        return make_once(
            path / name,
            lambda new: _write(rows, new),
            instead_of=f"{manifest.import_id}-*.parquet",
        )


def normalised(texts: pa.ChunkedArray, known: dict[str, str] | None = None) -> pa.Array:
    """Return normalised addresses, '' where there is none; equal texts are read once.

    ``known``: texts that were read before, which these are added to.
    """
    from geo.addresses.normalise import normalise_address  # compiles many expressions

    known = {} if known is None else known
    plain = texts.fill_null("").to_pylist()
    known |= {text: normalise_address(text) for text in set(plain) - known.keys()}
    return pa.array([known[text] for text in plain], pa.large_string())


def _write(rows: Path, path: Path) -> None:
    """Write the keys of a rows file, row group by row group; each text is read once."""
    schema, known = pa.schema([(KEY, pa.large_string())]), {"": ""}
    with pq.ParquetFile(rows) as source, pq.ParquetWriter(path, schema) as written:
        has_address = ADDRESS_FIELD in source.schema_arrow.names
        for group in range(source.num_row_groups):
            if has_address:
                column = source.read_row_group(group, columns=[ADDRESS_FIELD])[ADDRESS_FIELD]
            else:
                column = pa.nulls(source.metadata.row_group(group).num_rows, pa.string())
            written.write_table(pa.table({KEY: normalised(column, known)}, schema=schema))


@lru_cache(maxsize=128)
def _hashes(path: Path) -> NDArray[np.uint64]:
    """Return the distinct keys of a file as sorted hashes: a file of a name never changes."""
    keys = pq.read_table(path)[KEY].unique().to_numpy(zero_copy_only=False)
    hashes: NDArray[np.uint64] = np.sort(pd.util.hash_array(keys, categorize=False))
    return hashes
