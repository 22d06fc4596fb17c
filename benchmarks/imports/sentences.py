"""Count what the readers of sentences make of the labelled texts that are kept with their tests.

Run ``python -m benchmarks.imports.sentences [--all]``. Each line of the three files has the
readings that are right, ``?`` for none, and a text. Prints how many were read rightly and wrongly,
how many that say something were left, and how many were left rightly; then each that was read
wrongly, with ``--all`` also each that was left though it says something.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from data.contracts.screening.complaint_sentences import outcome_of_sentence
from data.contracts.screening.visit_sentences import result_of_sentence

FOLDER = Path(__file__).parents[2] / "tests" / "data" / "contracts" / "screening"
READERS: dict[str, Callable[[str], str | None]] = {
    "handlings.tsv": outcome_of_sentence,
    "unseen_handlings.tsv": outcome_of_sentence,
    "unseen_visits.tsv": result_of_sentence,
}


def judged(right: str, got: str | None) -> str:
    """Say what a reading is worth, of those that are right, divided by ``/``."""
    allowed = right.split("/")
    if got:
        return "right" if got in allowed else "wrong"
    return "left rightly" if "?" in allowed else "not read"


def main() -> None:
    """Print one line a file, and the texts to look at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="print what was not read as well")
    shown = {"wrong", "not read"} if parser.parse_args().all else {"wrong"}
    for name, read in READERS.items():
        counts: Counter[str] = Counter()
        looked_at = []
        for line in (FOLDER / name).read_text("utf-8").splitlines():
            right, text = line.split("\t")
            got = read(text)
            counts[judged(right, got)] += 1
            if judged(right, got) in shown:
                looked_at.append(f"  {judged(right, got)}: {got} for {right}: {text}")
        print(name, dict(sorted(counts.items())), *looked_at, sep="\n")


if __name__ == "__main__":
    main()
