"""Answers of the office that the next click needs again, kept for a while.

Snapshots never change; what the register calls a building may, so everything is forgotten after
a change made here and, for changes made elsewhere, after some minutes.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import pandas as pd

from dashboard.maps.cell_names import name_cells
from dashboard.maps.layers import CELL_LAYERS, Payload, encode_layer
from dashboard.runtime import context
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from governance.access.permissions import Actor
    from governance.importing.grid_check import GridProblems

T = TypeVar("T")
_KEPT_S = 300.0


class Kept(Generic[T]):
    """Keep the latest answers; the one unused for longest goes first.

    Parameters
    ----------
    size
        How many answers to keep.
    seconds
        How long each is good for.
    clock
        Tells seconds; never goes back.
    """

    def __init__(
        self, size: int, *, seconds: float = _KEPT_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = size
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the answer of a key, making it the first time and when it is stale."""
        now = self._clock()
        with self._lock:
            made = self._kept.get(key)
            if made is not None and now - made[0] < self._seconds:
                self._kept.move_to_end(key)
                return made[1]
        answer = make()
        with self._lock:
            self._kept[key] = (now, answer)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """A layer of a snapshot, with the filters that were set; empty filters mean all."""

    layer: str
    snapshot_id: str
    communities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


_layers: Kept[pd.DataFrame] = Kept(24)
_payloads: Kept[Payload] = Kept(64)
_queues: Kept[pd.DataFrame] = Kept(8)
_watched: Kept[object] = Kept(16)
_problems: Kept[GridProblems] = Kept(8)
MOST_LISTED = 50
LEAST_COLUMNS = ("unit", "name", "score", "rank", "tier", "geom")
_NO_SUCH_UNITS = "unit_kind_unknown"


def atlas_layer(choice: LayerChoice) -> pd.DataFrame:
    """Return a layer of the map as the acting user may see it; never to be changed in place."""
    key = (id(context.office()), context.actor(), choice)
    return _layers.get(key, lambda: _ask_layer(choice))


def _ask_layer(choice: LayerChoice) -> pd.DataFrame:
    try:
        units = context.office().risk_map.layer(
            context.actor(),
            layer=choice.layer,
            snapshot_id=choice.snapshot_id,
            communities=choice.communities or None,
            kinds=choice.kinds or None,
        )
    except GridwardenError as error:
        # A place without official grids has neither these nor communities: nothing to draw.
        if error.code != _NO_SUCH_UNITS:
            raise
        return pd.DataFrame(columns=list(LEAST_COLUMNS))
    if choice.layer not in CELL_LAYERS:
        return units
    buildings = atlas_layer(LayerChoice("building", choice.snapshot_id))
    return name_cells(units, buildings, resolution=int(choice.layer.removeprefix("cell:")))


def layer_payload(choice: LayerChoice) -> Payload:
    """Return a layer packed for the browser."""
    key = (id(context.office()), context.actor(), choice)
    return _payloads.get(key, lambda: encode_layer(choice.layer, atlas_layer(choice)))


def waiting_addresses(actor: Actor) -> pd.DataFrame:
    """Return the first addresses that a person must decide on."""
    office = context.office()
    return _queues.get(
        (id(office), actor), lambda: office.address_review.queue(actor, limit=MOST_LISTED)
    )


def grid_problems(actor: Actor) -> GridProblems:
    """Return what is wrong between buildings and official grids."""
    office = context.office()
    return _problems.get((id(office), actor), lambda: office.grid_check.problems(actor))


def watched(name: str, ask: Callable[[], T]) -> T:
    """Return what watches over the score, asked anew only when something changed."""
    return cast("T", _watched.get((id(context.office()), context.actor(), name), ask))


def building_places(actor: Actor) -> dict[str, str]:
    """Return which community each building is in, as far as it was ever scored."""
    snapshots = context.office().scores.snapshots(actor)
    if snapshots.empty:
        return {}
    buildings = atlas_layer(LayerChoice("building", str(snapshots["snapshot_id"].iloc[0])))
    return dict(zip(buildings["unit"], buildings["community"].fillna(""), strict=True))


def forget_layers() -> None:
    """Forget what is kept after something was imported, undone, decided or scored."""
    _layers.forget()
    _payloads.forget()
    _queues.forget()
    _watched.forget()
    _problems.forget()
