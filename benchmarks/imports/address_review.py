"""Measure what a decision about an address costs: CPU seconds, and what follows it.

Run ``python -m benchmarks.imports.address_review [BUILDINGS ...]``. Each building has one
complaint; one in twenty says only the estate, and waits for a person. Steps:

import     buildings and complaints brought in and placed
list       everything that waits, asked for the first time after an import
again      the same once more, as after each decision
look       one address with its rows, candidates, reasons and map
decide     one decision, audit line included
undo       taking it back
placing    the table's rows again, as the next score or page reads them
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data.ingest.options import ImportOptions
from governance.access.permissions import local_owner
from gridwarden.compose import create_workspace, open_office

PER_ESTATE = 40
ONE_IN = 20
REPEATS = 5


def write_files(folder: Path, buildings: int) -> tuple[Path, Path]:
    """Write a register on a grid and a complaint for each of its buildings."""
    number = np.arange(buildings)
    estate, house = number // PER_ESTATE, number % PER_ESTATE + 1
    side = int(np.ceil(np.sqrt(buildings)))
    names = np.array([f"{_word(at)}花园" for at in range(estate.max() + 1)])[estate]
    register = pd.DataFrame(
        {
            "楼栋编码": [f"B{at:07}" for at in number],
            "小区名称": names,
            "楼栋号": [f"{at}号楼" for at in house],
            "经度": 117.0 + (number % side) * 0.0006,
            "纬度": 36.0 + (number // side) * 0.0006,
        }
    )
    unsure = number % ONE_IN == 0
    whole = [f"{name}{at}号楼" for name, at in zip(names, house, strict=True)]
    complaints = pd.DataFrame(
        {
            "工单编号": [f"T{at:07}" for at in number],
            "来电时间": "2026-11-01 10:00",
            "事发地址": np.where(unsure, names, whole),
            "诉求内容": "周末补课",
        }
    )
    paths = folder / "buildings.csv", folder / "complaints.csv"
    register.to_csv(paths[0], index=False)
    complaints.to_csv(paths[1], index=False)
    return paths


def measure(buildings: int) -> dict[str, float]:
    """Return step → CPU seconds; of what is repeated the mean."""
    times: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        office, owner = open_office(create_workspace(Path(name) / "office")), local_owner()
        register, complaints = write_files(Path(name), buildings)
        review = office.address_review

        def bring_in() -> None:
            office.imports.import_file(owner, "buildings", register, ImportOptions(datum="wgs84"))
            office.imports.import_file(owner, "complaints", complaints)

        times["import"] = _cpu(bring_in)
        times["list"] = _cpu(lambda: review.queue(owner))
        waiting = review.queue(owner)
        times["again"] = _cpu(lambda: review.queue(owner), repeats=REPEATS)
        office.imports.tables(owner)  # so that what follows a decision is all that is left to make
        keys = iter(waiting["address"])
        times["look"] = _cpu(lambda: review.look(owner, next(keys)), repeats=REPEATS)
        decided = waiting.iloc[:REPEATS].to_dict("records")
        rows, undone = iter(decided), iter(decided)

        def decide() -> None:
            row = next(rows)
            unit = row["candidates"][0]
            review.decide(owner, table=row["table"], address=row["address"], building_id=unit)

        times["decide"] = _cpu(decide, repeats=REPEATS)
        times["placing"] = _cpu(lambda: office.imports.tables(owner))
        times["undo"] = _cpu(
            lambda: review.withdraw(owner, address=next(undone)["address"]), repeats=REPEATS
        )
        times["waiting"] = float(len(waiting))
        office.close()
    return times


def _cpu(step: Callable[[], object], *, repeats: int = 1) -> float:
    begun = time.process_time()
    for _ in range(repeats):
        step()
    return (time.process_time() - begun) / repeats


def _word(number: int) -> str:
    """Return a name of two or three characters, each number another."""
    letters = "梅兰竹菊松柏桃李杏桂云水山石江河湖海金玉"
    text = ""
    for _ in range(4):
        text += letters[number % len(letters)]
        number //= len(letters)
    return text


def main(sizes: Sequence[int]) -> None:
    """Print a line for each size."""
    for size in sizes:
        told = " · ".join(f"{name} {value:,.3f}" for name, value in measure(size).items())
        print(f"{size:,} buildings: {told}", flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [3_000, 200_000])
