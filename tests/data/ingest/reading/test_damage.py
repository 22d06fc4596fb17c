"""Files that `benchmarks.faults.fuzz` bent until a reader failed: read, or refused in words.

They lie in ``corpus``, named by what failed; a new finding goes there once it is repaired.
"""

from pathlib import Path

import pytest

from data.contracts.registry import TABLES
from data.ingest.reading.input_formats import UnreadableSourceError, refusing_damage
from data.ingest.reading.open import OpenSource

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())
READ = {"same_names.zip", "sound.xls", "view.json"}
"""Sound: columns of one name; what the old workbooks beside it were before they were bent; an
object that describes no columns.
"""


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_bent_file_is_read_or_refused_in_words(path: Path) -> None:
    source = OpenSource(path, contract=TABLES["complaints"])
    if path.name in READ:
        assert sum(len(batch) for batch in source.batches())
        return
    with pytest.raises(UnreadableSourceError) as refused:
        list(source.batches())
    assert refused.value.code == "broken_file"
    assert "corpus" not in str(refused.value.facts)


def test_what_the_disk_says_is_not_taken_for_damage() -> None:
    with pytest.raises(OSError, match="full"), refusing_damage("a.csv"):
        raise OSError(28, "full")
