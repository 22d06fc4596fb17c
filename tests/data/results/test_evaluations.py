"""Rules of keeping evaluations."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from data.results.evaluations import EvaluationStore

ADD = """
import sys
from pathlib import Path
from data.results.evaluations import EvaluationStore
store = EvaluationStore(Path(sys.argv[1]))
for number in range(10):
    name = f"{sys.argv[2]}{number}"
    store.update(lambda found: {"runs": [*(found or {"runs": []})["runs"], name]})
"""


def test_of_many_who_add_an_evaluation_at_once_each_one_stays(tmp_path: Path) -> None:
    store = EvaluationStore(tmp_path)

    def add(name: int) -> None:
        def change(found: dict[str, Any] | None) -> dict[str, Any]:
            return {"runs": [*(found or {"runs": []})["runs"], name]}

        store.update(change)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(40)))
    content = store.load()
    assert content is not None
    assert sorted(content["runs"]) == list(range(40))


def test_two_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", ADD, str(tmp_path), name])  # noqa: S603 -- own code
        for name in "ab"
    ]
    assert [process.wait() for process in processes] == [0, 0]
    content = EvaluationStore(tmp_path).load()
    assert content is not None
    assert sorted(content["runs"]) == sorted(f"{p}{n}" for p in "ab" for n in range(10))
