"""Reproducible draws: keyed hashes of a plan's seed, the same on every machine."""

import hashlib
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from data.privacy.keyed_digests import keyed_digests
from data.workspace.cache import Cache
from governance.patrols.routing.model.problem import Bools, Floats

_DIGEST_RANGE: Final = float(1 << 64)
_SOLVER_SEEDS: Final = 1 << 31
_DRAWN_BYTES: Final = 8
_KEPT: Final = 12
_drawn: Cache[Floats] = Cache(_KEPT)
"""A plan asks for the same draws several times, and each of 200,000 buildings takes a hash."""


def chances(texts: Iterable[str], *, use: str, seed: str) -> Floats:
    """Return numbers from 0 up to 1, one per text: HMAC-SHA-256 of the use and text.

    ``use``: what for: draws for other uses are independent.
    ``seed``: the plan's; whoever lacks it cannot tell what is drawn.
    """
    names = texts.to_numpy(object) if isinstance(texts, pd.Series) else [*texts]
    lengths = np.fromiter(map(len, names), dtype=np.int64, count=len(names))
    digest = hashlib.sha256("".join(names).encode() + lengths.tobytes()).digest()
    key = (use, seed, len(names), digest)
    return _drawn.get(key, lambda: _draw(names, use=use, seed=seed))


def _draw(texts: Iterable[str], *, use: str, seed: str) -> Floats:
    digests = keyed_digests(
        seed.encode(), (text.encode() for text in texts), prefix=f"{use}|".encode()
    )
    parts = b"".join(digest[:_DRAWN_BYTES] for digest in digests)
    drawn: Floats = np.frombuffer(parts, dtype=">u8").astype(float) / _DIGEST_RANGE
    drawn.flags.writeable = False
    return drawn


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
    (digest,) = keyed_digests(seed.encode(), [b"solver"])
    return int.from_bytes(digest[:_DRAWN_BYTES], "big") % _SOLVER_SEEDS
