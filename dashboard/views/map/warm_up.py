"""What the first visitor of the map would wait for, made once people can connect.

A layer is asked for, a tile cut and an explanation read, with a rest after each as long as it took:
half of one processor at most is busy, and whoever comes meanwhile is served in between. Made again
after each score and each import that changes what is drawn.
"""

import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import chain
from threading import Event, Thread
from typing import Final

import numpy as np

from dashboard.charts import score as charts_score
from dashboard.i18n import translator
from dashboard.maps.content import list_marks, place_names
from dashboard.maps.layer_cache import LayerChoice, grids_payload, map_layer, ranked_units
from dashboard.maps.tiles.answers import TILE_LAYERS, basemap_tiles, unit_tiles
from dashboard.maps.tiles.squares import FINEST, Tile, unit_square
from dashboard.runtime import context
from dashboard.runtime.background_thread import background_thread
from dashboard.views.map import side
from geo.errors import GridwardenError
from governance.access.permissions import local_owner
from governance.office import Office

NAME: Final = "map warm-up"
"""Of the thread."""
_EVERY_S = 10.0
_SCREENS_PX: Final = (360, 1_000)
"""Between these many pixels the whole street is shown first, on a phone and on a wall."""
_TILE_PX: Final = 256
_MOST_OF_A_ZOOM: Final = 40


@contextmanager
def warming_in_background(
    office: Office,
    *,
    every_s: float = _EVERY_S,
    then: Sequence[Callable[[Office], Iterator[None]]] = (),
) -> Iterator[Callable[[], None]]:
    """Give what begins the warming, for when people can connect; it ends with the block.

    ``then``: what is made after the map, piece by piece as well, for whoever acts.
    """
    known: object = None

    def warm(ending: Event) -> None:
        nonlocal known
        with suppress(GridwardenError), context.run_for(local_owner()):  # nothing scored yet
            if (now := _drawn_from(office)) != known:
                every = (steps(office), *(make(office) for make in then))
                _go_through(chain.from_iterable(every), ending)
                known = now

    def work(ending: Event) -> None:
        do_what_comes_once()
        while not ending.is_set():
            # In a thread that ends: its sessions, with all that they wrote, are lent to pages then.
            turn = Thread(target=warm, args=(ending,), name=NAME, daemon=True)
            turn.start()
            turn.join()
            ending.wait(every_s)

    with background_thread(NAME, work) as start:
        yield start


def do_what_comes_once() -> None:
    """Do what Streamlit does in the first run of a page of a process.

    It looks for an icon in a label, for which it reads all emojis, and at the frames of its stack,
    for which `inspect` looks at every module that there is. Both are kept.
    """
    import_module("streamlit.emojis")
    inspect.stack()


def _drawn_from(office: Office) -> object:
    actor = context.actor()
    return _newest(office), office.risk_map.state(actor)


def _newest(office: Office) -> str | None:
    ids = office.scores.snapshots(context.actor())["snapshot_id"]
    return str(ids.iloc[0]) if len(ids) else None


def _go_through(work: Iterator[None], ending: Event) -> None:
    begun = time.monotonic()
    for _ in work:
        if ending.wait(time.monotonic() - begun):
            return
        begun = time.monotonic()


def steps(office: Office) -> Iterator[None]:
    """Make what the map of the newest score is drawn with, piece by piece, for whoever acts."""
    snapshot_id = _newest(office)
    if snapshot_id is None:
        return
    office.overview.summary(context.actor())  # of the page Start, the first that most people open
    yield
    place_names.payload()
    yield
    yield from _lists(snapshot_id, side.BUILDING)
    yield from _tiles(snapshot_id)
    grids_payload(LayerChoice("grid", snapshot_id))
    yield
    yield from _lists(snapshot_id, *side.LEVELS)
    yield from _reasons(office, snapshot_id)
    office.overview.figures(context.actor())
    yield


def _lists(snapshot_id: str, *levels: str) -> Iterator[None]:
    """Rank the units of each level."""
    for level in levels:
        list_marks.pins(level, ranked_units(LayerChoice(level, snapshot_id)))
        yield


def _tiles(snapshot_id: str) -> Iterator[None]:
    """Cut the tiles on which the whole street is shown."""
    box = list_marks.bounds(LayerChoice("building", snapshot_id))
    for tile in opening_tiles(box) if box else ():
        for english in (False, True):
            basemap_tiles([tile], english=english)
            yield
        for layer in TILE_LAYERS:
            unit_tiles(LayerChoice(layer, snapshot_id), [tile])
            yield


def opening_tiles(box: list_marks.Box) -> list[Tile]:
    """Return the tiles on which a box is seen as a whole, on screens of several sizes.

    ``box``: west, south, east and north, degrees.
    """
    (west, south), (east, north) = unit_square(np.array([box[:2], box[2:]])).tolist()
    size = max(east - west, south - north)
    zooms = [int(np.log2(pixels / _TILE_PX / size)) for pixels in _SCREENS_PX]
    tiles: list[Tile] = []
    for zoom in range(max(zooms[0] - 1, 0), min(zooms[1], FINEST) + 1):
        left, right = (int(x * 2**zoom) for x in (west, east))
        top, bottom = (int(y * 2**zoom) for y in (north, south))
        at_zoom = [Tile(zoom, x, y) for y in range(top, bottom + 1) for x in range(left, right + 1)]
        tiles += at_zoom[:_MOST_OF_A_ZOOM]
    return tiles


def _reasons(office: Office, snapshot_id: str) -> Iterator[None]:
    """Read why the highest building and the highest cell stand where they do."""
    actor = context.actor()
    for level in (side.BUILDING, TILE_LAYERS[-1]):
        units = map_layer(LayerChoice(level, snapshot_id))
        if len(units):
            unit = str(units.sort_values("rank")["unit"].iloc[0])
            explained = office.scores.explain(actor, unit, snapshot_id=snapshot_id, rows=False)
            charts_score.points_bar(explained.points, say=translator("zh"))
            yield
            office.scores.trend(actor, unit)
            yield
