"""Reproducible draws: keyed hashes of a plan's seed, the same on every machine."""

import hmac
from collections.abc import Iterable
from typing import Final

import numpy as np

from governance.patrols.routing.model.problem import Bools, Floats

_DIGEST_RANGE: Final = float(1 << 64)
_SOLVER_SEEDS: Final = 1 << 31


def chances(texts: Iterable[str], *, use: str, seed: str) -> Floats:
    """Return numbers from 0 up to 1, one per text: HMAC-SHA-256 of the use and text.

    ``use``: what for: draws for other uses are independent.
    ``seed``: the plan's; whoever lacks it cannot tell what is drawn.
    """
    key = seed.encode()
    return np.array([_digest(key, f"{use}|{text}") / _DIGEST_RANGE for text in texts], dtype=float)


def random_arm(
    building_ids: Iterable[str], *, count: int, seed: str, kept: Bools | None = None
) -> Bools:
    """Draw so many buildings, each as likely as any other.

    The draw knows nothing but the codes: neither score nor tier nor place. Of a larger count the
    first ones are those of a smaller, so that a plan made again with more time keeps its draw.

    ``kept``: drawn before and to stay drawn, whatever the count; they count.
    """
    ids = np.array([*building_ids], dtype=object)
    drawn = np.zeros(len(ids), dtype=bool) if kept is None else kept.copy()
    order = np.lexsort((ids, chances(ids, use="random", seed=seed)))
    order = order[~drawn[order]]
    drawn[order[: max(0, count - int(drawn.sum()))]] = True
    return drawn


def jitter(building_ids: Iterable[str], *, seed: str) -> Floats:
    """Return by how much chance moves each building, uniform in [-1, 1]."""
    return 2 * chances(building_ids, use="jitter", seed=seed) - 1


def solver_seed(seed: str) -> int:
    """Return a plan's seed as the solver takes it, from 0 up to 2³¹."""
    return _digest(seed.encode(), "solver") % _SOLVER_SEEDS


def _digest(key: bytes, text: str) -> int:
    return int.from_bytes(hmac.digest(key, text.encode(), "sha256")[:8], "big")
