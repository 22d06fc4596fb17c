"""Throw mutated texts, files and ledgers at whatever reads what strangers write; note what breaks.

    nice -n 15 python -m benchmarks.faults.fuzz --texts 1000000 --files 20000 --seed 1

Input number N of a kind follows from the seed and N alone, so a finding is named by both; texts go
in blocks of `BLOCK` to one reader, and where a block fails or is slow its texts go one by one. A
failure is an exception that is no `GridwardenError`, a process that dies, an input that takes more
than a second of CPU time, or memory beyond the limit. Each finding is kept in the folder named by
``--keep``; repaired ones belong into the tests. Prints one line of JSON for each kind.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.faults.fuzz_inputs import (
    TEXT_TARGETS,
    file_targets,
    mutated_file,
    mutated_text,
    seed_files,
)
from benchmarks.faults.fuzz_ledgers import importer, ledger
from benchmarks.faults.fuzz_parts import PART_TARGETS
from geo.errors import GridwardenError

SLOW_S, MOST_MEMORY = 1.0, 3 << 30
BLOCK = 200
CHUNK = {"texts": 80_000, "files": 1_000, "ledgers": 2_000}
TARGETS = {**TEXT_TARGETS, **PART_TARGETS}


def main() -> int:
    """Run the asked-for numbers of inputs and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--ledgers", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz_findings"))
    parser.add_argument("--worker", nargs=3, metavar=("KIND", "FIRST", "COUNT"))
    asked = parser.parse_args()
    if asked.worker:
        kind, first, count = asked.worker
        return work(kind, int(first), int(count), asked.seed, asked.keep)
    asked.keep.mkdir(parents=True, exist_ok=True)
    for kind in CHUNK:
        print(json.dumps(drive(kind, getattr(asked, kind), asked.seed, asked.keep)), flush=True)
    return 0


def drive(kind: str, count: int, seed: int, keep: Path) -> dict[str, object]:
    """Run inputs in processes of their own, going on behind each that dies."""
    told: dict[str, Any] = {
        "kind": kind, "seed": seed, "inputs": 0, "failures": 0, "deaths": 0, "cpu_s": 0.0,
        "slowest_s": 0.0, "slowest": "", "peak_mb": 0,
    }  # fmt: skip
    first = 0
    while first < count:
        size = min(CHUNK[kind], count - first)
        command = [sys.executable, "-m", "benchmarks.faults.fuzz", "--seed", str(seed), "--keep",
                   str(keep), "--worker", kind, str(first), str(size)]  # fmt: skip
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- itself
        state = json.loads((keep / f"{kind}.state").read_text("utf-8"))
        done = size
        if ran.returncode:
            done = state["done"] + 1
            told["deaths"] += 1
            died = f"{kind}-{seed}-{first + state['done']}-died.txt"
            (keep / died).write_text(f"{ran.returncode}\n{ran.stderr[-2000:]}", encoding="utf-8")
        told["inputs"] += done
        told["failures"] += state["failures"]
        told["cpu_s"] = round(told["cpu_s"] + state["cpu_s"], 1)
        told["peak_mb"] = max(told["peak_mb"], state["peak_mb"])
        if state["slowest_s"] > told["slowest_s"]:
            told |= {"slowest_s": round(state["slowest_s"], 3), "slowest": state["slowest"]}
        first += done
    return told


def work(kind: str, first: int, count: int, seed: int, keep: Path) -> int:
    """Run a stretch of inputs; the state is written before each that may end the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    state: dict[str, Any] = {
        "done": 0,
        "failures": 0,
        "cpu_s": 0.0,
        "slowest_s": 0.0,
        "slowest": "",
        "peak_mb": 0,
    }
    path = keep / f"{kind}.state"
    with tempfile.TemporaryDirectory() as folder:
        inputs = {"texts": _texts, "files": _files, "ledgers": _ledgers}[kind]
        for each in inputs(first, count, seed, Path(folder)):
            path.write_text(json.dumps(state), encoding="utf-8")
            for number, name, content, problem, took in _failing_alone(each):
                if took > state["slowest_s"]:
                    state |= {"slowest_s": took, "slowest": f"{kind}-{seed}-{number} {name}"}
                if content is not None and (problem or took > SLOW_S):
                    state["failures"] += 1
                    _keep(keep / f"{kind}-{seed}-{number}-{name}", content, problem or "slow")
            state["done"] += each[1]
            state["cpu_s"] = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        path.write_text(json.dumps(state | {"peak_mb": peak // 1024}), encoding="utf-8")
    return 0


def _texts(first: int, count: int, seed: int, _: Path) -> Iterator[tuple]:
    names = list(TARGETS)
    for target in TARGETS.values():
        target(["1"])  # what a reader builds once is not the first text's
    for at in range(first, first + count, BLOCK):
        name = names[at // BLOCK % len(names)]
        numbers = range(at, min(at + BLOCK, first + count))
        texts = [mutated_text(random.Random(f"{seed}/{n}")) for n in numbers]  # noqa: S311 -- no secret
        yield at, len(texts), name, texts, _calling(TARGETS[name], texts)


def _failing_alone(tried: tuple) -> Iterator[tuple]:
    """Yield how an input went: number, reader, content, what went wrong, CPU seconds.

    Where a block of texts fails or is slow its texts follow one by one; it comes with its content
    where none of them does.
    """
    number, many, name, content, call = tried
    problem, took = _tried(call)
    alone = []
    if many > 1 and (problem or took > SLOW_S):
        for at, text in enumerate(content):
            one = _tried(_calling(TARGETS[name], [text]))
            alone.append((number + at, name, text.encode("utf-8", "surrogatepass"), *one))
    if many > 1:
        bad = problem or took > SLOW_S
        together = bad and not any(failed or slow > SLOW_S for *_, failed, slow in alone)
        content = "\0".join(content).encode("utf-8", "surrogatepass") if together else None
    yield number, name, content, problem, took
    yield from alone


def _files(first: int, count: int, seed: int, folder: Path) -> Iterator[tuple]:
    seeds, targets = seed_files(), file_targets()
    names = sorted(seeds)
    for number in range(first, first + count):
        name = names[number % len(names)]
        content = mutated_file(random.Random(f"{seed}/{number}"), seeds[name])  # noqa: S311 -- no secret
        path = folder / name
        path.write_bytes(content)
        yield number, 1, name, content, _calling(targets[name.rpartition(".")[2]], path)


def _ledgers(first: int, count: int, seed: int, folder: Path) -> Iterator[tuple]:
    target = importer(folder)
    for number in range(first, first + count):
        name, content = ledger(random.Random(f"{seed}/{number}"))  # noqa: S311 -- no secret
        path = folder / name
        path.write_bytes(content)
        yield number, 1, name, content, _calling(target, path)


def _calling(target: Callable, given: object) -> Callable[[], object]:
    return lambda: target(given)


def _tried(call: Callable[[], object]) -> tuple[str, float]:
    """Return what went wrong, "" for nothing, and the CPU time that a call took."""
    began = time.process_time()
    problem = _problem(call)
    return problem, time.process_time() - began


def _problem(call: Callable[[], object]) -> str:
    try:
        call()
    except GridwardenError:
        return ""
    except (Exception, MemoryError) as error:  # noqa: BLE001 -- what is looked for
        return f"{type(error).__name__}: {error}"[:500]
    return ""


def _keep(path: Path, content: bytes, problem: str) -> None:
    path.write_bytes(content)
    path.with_name(f"{path.name}.txt").write_text(problem, encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
