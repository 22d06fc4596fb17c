"""What the first visitor of the map would wait for is made beforehand."""

import inspect
import sys
import threading
from collections.abc import Callable, Hashable
from threading import Event
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE_S
from streamlit import env_util

from dashboard.maps import layer_cache
from dashboard.maps.content import list_marks
from dashboard.maps.layer_cache import LayerChoice, ranked_units
from dashboard.maps.tiles import answers
from dashboard.maps.tiles.answers import TILE_LAYERS, basemap_tiles, unit_tiles
from dashboard.maps.tiles.squares import unit_square
from dashboard.runtime import context
from dashboard.views.map import side, warm_up
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.scores.risk_map import RiskMapService

PLANNER = Actor(id="p", name="p", roles=("planner",), scope=Scope.whole())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Hashable]:
    """Note each layer that is asked of the office."""
    seen: list[Hashable] = []
    real = RiskMapService.layer

    def layer(service: RiskMapService, *args: Any, **options: Any) -> Any:
        seen.append(options["layer"])
        return real(service, *args, **options)

    monkeypatch.setattr(RiskMapService, "layer", layer)
    return seen


def test_after_it_the_first_visitor_asks_the_office_for_nothing_that_is_drawn(
    served_city: Office, newest: str, asked: list[Hashable], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in warm_up.steps(served_city):
        pass
    context.provide(served_city, everyone=PLANNER)
    asked.clear()
    monkeypatch.setattr(answers, "pack", lambda _: pytest.fail("a tile was cut"))
    box = list_marks.bounds(LayerChoice("building", newest))
    assert box is not None
    for level in side.LEVELS:
        list_marks.pins(level, ranked_units(LayerChoice(level, newest)))
    layer_cache.grids_payload(LayerChoice("grid", newest))
    for tile in warm_up.opening_tiles(box):
        basemap_tiles([tile], english=False)
        for layer in TILE_LAYERS:
            unit_tiles(LayerChoice(layer, newest), [tile])
    assert asked == []


@pytest.mark.parametrize("box", [[117.0, 36.0, 117.02, 36.01], [116.0, 36.0, 116.001, 36.9]])
def test_tiles_are_warmed_that_cover_the_street_on_every_screen(box: list[float]) -> None:
    by_zoom: dict[int, set[tuple[int, int]]] = {}
    for tile in warm_up.opening_tiles(box):
        by_zoom.setdefault(tile.z, set()).add((tile.x, tile.y))
    corners = unit_square(np.array([box[:2], box[2:], [box[0], box[3]], [box[2], box[1]]]))
    for zoom, tiles in by_zoom.items():
        assert {(int(x * 2**zoom), int(y * 2**zoom)) for x, y in corners} <= tiles
    assert len(by_zoom) >= 2


def test_it_begins_when_it_is_told_and_goes_on_after_a_new_score_in_another_thread(
    served_city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[Event] = [Event(), Event()]
    turns: list[threading.Thread] = []
    newest = iter(["first", "first"])

    def steps(_: Office) -> Any:
        turns.append(threading.current_thread())
        next(each for each in warmed if not each.is_set()).set()
        return iter(())

    monkeypatch.setattr(warm_up, "do_what_comes_once", lambda: turns.append(threading.Thread()))
    monkeypatch.setattr(warm_up, "steps", steps)
    monkeypatch.setattr(warm_up, "_newest", lambda _: next(newest, "second"))
    with warm_up.warming_in_background(served_city, every_s=0.01) as begin:
        assert warm_up.NAME not in {each.name for each in threading.enumerate()}
        begin()
        assert all(each.wait(PATIENCE_S) for each in warmed)
        assert len(turns) == 3
        assert not any(turn.is_alive() for turn in turns[:2]), "its sessions are still lent"


def test_what_streamlit_does_once_is_done_before_a_page_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "streamlit.emojis", raising=False)
    monkeypatch.setattr(inspect, "modulesbyfile", {})
    warm_up.do_what_comes_once()
    assert "streamlit.emojis" in sys.modules
    looked_at = len(inspect.modulesbyfile)
    env_util.is_repl()  # Streamlit asks as it shows the first element of a process
    assert looked_at == len(inspect.modulesbyfile) > 0


def test_an_office_without_a_score_has_nothing_to_warm(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, PLANNER)
    assert list(warm_up.steps(empty_office)) == []
