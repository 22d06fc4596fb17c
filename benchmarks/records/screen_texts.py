"""Measure the screening of texts: how many a second, and how often it is right.

    python -m benchmarks.records.screen_texts [--texts 20000] [--seed 1] [--labelled FILE.tsv]

Beside it stands what a user would pick: each term of the list looked for by ``in``, and by one
regular expression. ``--labelled`` takes texts with their forms, tab-separated (forms with commas).
Exits 1 when the median misses 20,000 texts a second, or held-out texts 95 % precision and 90 %
recall.
"""

import argparse
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from data.contracts.screening.screen import Screener
from data.contracts.screening.word_list import default_words
from simulation.adverts.labelled import labelled

LEAST_A_SECOND, LEAST_PRECISION, LEAST_RECALL = 20_000, 0.95, 0.90
Told = Sequence[frozenset[str]]


def by_in(texts: Sequence[str]) -> Told:
    """Look for each term of each form as it is written."""
    forms = {name: (*part.terms, *part.alone) for name, part in default_words().forms.items()}
    return [
        frozenset(name for name, terms in forms.items() if any(term in text for term in terms))
        for text in texts
    ]


def by_regex(texts: Sequence[str]) -> Told:
    """Look for all terms with one regular expression."""
    forms = {
        term: name
        for name, part in default_words().forms.items()
        for term in (*part.terms, *part.alone)
    }
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    return [frozenset(forms[term] for term in pattern.findall(text)) for text in texts]


def rate(screen: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Return texts per second of CPU time, the median of three runs."""
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        screen(texts)
        seconds.append(time.process_time() - begun)
    return len(texts) / statistics.median(seconds)


def right(told: Told, wanted: Told) -> tuple[float, float]:
    """Return precision and recall over pairs of a text and a form."""
    hits = sum(len(a & b) for a, b in zip(told, wanted, strict=True))
    return hits / max(sum(map(len, told)), 1), hits / max(sum(map(len, wanted)), 1)


def main() -> int:
    """Measure, print, and say by the exit code whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--labelled", type=Path)
    given = parser.parse_args()
    made = labelled(np.random.default_rng(given.seed), count=given.texts, held_out=True)
    texts, wanted = [each.text for each in made], [each.forms for each in made]
    if given.labelled:
        lines = given.labelled.read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines if line]
        own = [row[0] for row in rows]
        forms = [
            frozenset(filter(None, row[1].split(","))) if row[1:] else frozenset() for row in rows
        ]
    begun = time.process_time()
    screener = Screener()
    print(f"ready after {time.process_time() - begun:.2f} CPU s")

    def ours(some: Sequence[str]) -> Told:
        return [frozenset(each.forms) for each in screener.screen(some)]

    for name, method in (("ours", ours), ("in", by_in), ("regular expression", by_regex)):
        line = [f"{name:20} {rate(method, texts):9,.0f} texts/s"]
        line.append(
            "held out: precision {:.3f}, recall {:.3f}".format(*right(method(texts), wanted))
        )
        if given.labelled:
            line.append(
                "{}: {:.3f}, {:.3f}".format(given.labelled.name, *right(method(own), forms))
            )
        print("  ".join(line))
    precision, recall = right(ours(texts), wanted)
    fast = rate(ours, texts) >= LEAST_A_SECOND
    return 0 if fast and precision >= LEAST_PRECISION and recall >= LEAST_RECALL else 1


if __name__ == "__main__":
    sys.exit(main())
