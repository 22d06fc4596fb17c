"""Answers of the office that the next click needs again.

A snapshot never changes. What the register, the grids and the basemap say beside it may: the name
of their state is part of each key of what is drawn, so that an import made anywhere shows within
seconds, and nothing is made again as long as there is none. Other answers are forgotten after a
change made by any process of this server and after some minutes.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar, cast

import pandas as pd

from dashboard.maps.cell_names import name_cells
from dashboard.maps.layers import CELL_LAYERS, Payload, encode_grids
from dashboard.runtime import context
from dashboard.runtime.context import NoOfficeError
from data.workspace.cache import Cache
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may
from governance.importing.grid_check import GridProblems

T = TypeVar("T")
_KEPT_S = 300.0
_LOOKED_AT_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """A layer of a snapshot, with the filters that were set; empty filters mean all."""

    layer: str
    snapshot_id: str
    communities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


_answers: Cache[object] = Cache(96, seconds=_KEPT_S)
_drawn: Cache[object] = Cache(96)
_prepared: Cache[object] = Cache(12)
_tiles: Cache[Payload] = Cache(1_500)  # of some 60 kB at most
_together: Cache[Payload] = Cache(128)  # of some 300 kB at most
_units: Cache[object] = Cache(256)
_states: Cache[str] = Cache(1, seconds=_LOOKED_AT_EVERY_S)
LEAST_COLUMNS = ("unit", "name", "score", "rank", "tier", "geom")
_NO_SUCH_UNITS = "unit_kind_unknown"


def map_layer(choice: LayerChoice) -> pd.DataFrame:
    """Return a layer of the map as the acting user may see it; never to be changed in place."""
    return of_sight(choice, lambda: _ask_layer(choice))


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
    buildings = map_layer(LayerChoice("building", choice.snapshot_id))
    return name_cells(units, buildings, resolution=int(choice.layer.removeprefix("cell:")))


def ranked_units(choice: LayerChoice) -> pd.DataFrame:
    """Return the units of a layer in the order of the list; never to be changed in place."""
    return of_sight(
        ("ranked", choice), lambda: map_layer(choice).sort_values("rank", ignore_index=True)
    )


def grids_payload(choice: LayerChoice) -> Payload:
    """Return the official grids packed for the browser."""
    return of_sight(("payload", choice), lambda: encode_grids(map_layer(choice)))


def grid_problems(actor: Actor) -> GridProblems:
    """Return what is wrong between buildings and official grids."""
    return cached(("grids", actor), lambda: context.office().grid_check.problems(actor))


def cached(name: Hashable, ask: Callable[[], T]) -> T:
    """Return an answer to whoever acts, asked anew only when something changed."""
    office = context.office()
    key = (id(office), office.operations.answers_state(), context.actor(), name)
    return cast("T", _answers.get(key, ask))


def of_sight(name: Hashable, ask: Callable[[], T]) -> T:
    """Return an answer to everybody who may see as much as whoever acts.

    For what follows from a snapshot, the register, the grids and the basemap, answered by services
    that look at nothing of a person but `Action.SEE_MAP`, `Action.SEE_REASONS` and the scope: a
    hundred managers of one street share one copy.
    """
    return cast("T", _drawn.get((_sight(), name), ask))


def for_actor(name: Hashable, ask: Callable[[], T]) -> T:
    """Return an answer about a unit to whoever acts and nobody else, until something changed."""
    return cast("T", _units.get((_sight(), context.actor(), name), ask))


def prepared(name: Hashable, make: Callable[[], T]) -> T:
    """Return a layer ready for cutting, shared like `of_sight`; few are kept, each is large."""
    return cast("T", _prepared.get((_sight(), name), make))


def kept_tile(name: Hashable, make: Callable[[], Payload]) -> Payload:
    """Return a tile, shared like `of_sight` and cut anew only when something changed."""
    return _tiles.get((_sight(), name), make)


def kept_together(name: Hashable, make: Callable[[], Payload]) -> Payload:
    """Return what a view asked for at once, shared like `of_sight`."""
    return _together.get((_sight(), name), make)


def _sight() -> Hashable:
    """Return what decides about what a person sees of the map, and the state of what is drawn."""
    actor, office = context.actor(), context.office()
    if not may(actor, Action.SEE_MAP):
        return id(office), None  # who may not is refused by the service, and nothing is kept
    known_as = (id(office), office.operations.answers_state())
    state = _states.get(known_as, lambda: office.risk_map.state(actor))
    return id(office), may(actor, Action.SEE_REASONS), actor.scope, state


def forget_answers() -> None:
    """Forget what no state names, after something was decided; every other process does as well."""
    with suppress(NoOfficeError):
        context.office().operations.outdate_answers()
    _answers.forget()
    _states.forget()


def forget_layers() -> None:
    """Forget everything that is kept after something was imported, undone or scored."""
    forget_answers()
    for kept in (_drawn, _prepared, _tiles, _together, _units):
        kept.forget()
