"""Tiles as the browser fetches them: gzipped JSON, kept for each snapshot, filter and person."""

import gzip
import hashlib
import json
from typing import Any, Final

from dashboard.maps import layer_cache
from dashboard.maps.layer_cache import LayerChoice, map_layer, prepared
from dashboard.maps.layers import Payload
from dashboard.maps.tiles.ground_tiles import GroundTiles, prepare_ground
from dashboard.maps.tiles.squares import Tile
from dashboard.maps.tiles.unit_tiles import UnitTiles, prepare
from dashboard.runtime import context

TILE_LAYERS: Final = ("building", "cell:8", "cell:9", "cell:10")
_COMPRESSION: Final = 5


def unit_tile(choice: LayerChoice, tile: Tile) -> Payload:
    """Return a tile of a layer with what the acting user may see of it."""
    return layer_cache.kept_tile((choice, tile), lambda: pack(_units(choice).cut(tile)))


def ground_tile(tile: Tile, *, english: bool) -> Payload:
    """Return a tile of the base map, with names in one of two languages."""
    return layer_cache.kept_tile((tile, english), lambda: pack(_ground(english=english).cut(tile)))


def pack(columns: dict[str, Any]) -> Payload:
    """Return columns as an answer ready to send."""
    raw = json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(raw).hexdigest()[:20]
    return Payload(gzip.compress(raw, _COMPRESSION, mtime=0), f'"{digest}"')


def _units(choice: LayerChoice) -> UnitTiles:
    return prepared(("tiles", choice), lambda: prepare(choice.layer, map_layer(choice)))


def _ground(*, english: bool) -> GroundTiles:
    service, actor = context.office().ground, context.actor()
    return prepared(
        ("ground", english), lambda: prepare_ground(service.features(actor), english=english)
    )
