"""Tiles as the browser fetches them: gzipped JSON, kept for each snapshot, filter and person.

A map asks for all squares of a layer that it lacks at once: each request costs the server a look
at the session, and a browser sends six at a time.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from dashboard.maps import layer_cache
from dashboard.maps.layer_cache import LayerChoice, map_layer, prepared
from dashboard.maps.layers import Payload
from dashboard.maps.tiles.basemap_tiles import BasemapTiles, prepare_basemap
from dashboard.maps.tiles.squares import Tile
from dashboard.maps.tiles.unit_tiles import UnitTiles, prepare
from dashboard.runtime import context

TILE_LAYERS: Final = ("building", "cell:8", "cell:9", "cell:10")
_COMPRESSION: Final = 5


def unit_tiles(choice: LayerChoice, tiles: Sequence[Tile]) -> Payload:
    """Return tiles of a layer with what the acting user may see of it, in the order asked for."""
    return _together(choice, tiles, cut=lambda tile: _units(choice).cut(tile))


def basemap_tiles(tiles: Sequence[Tile], *, english: bool) -> Payload:
    """Return tiles of the basemap, with names in one of two languages."""
    return _together(english, tiles, cut=lambda tile: _basemap(english=english).cut(tile))


def _together(
    kind: Hashable, tiles: Sequence[Tile], *, cut: Callable[[Tile], dict[str, Any]]
) -> Payload:
    def one(tile: Tile) -> Payload:
        return layer_cache.kept_tile((kind, tile), lambda: pack(cut(tile)))

    return layer_cache.kept_together((kind, tuple(tiles)), lambda: join(map(one, tiles)))


def join(parts: Iterable[Payload]) -> Payload:
    """Return several answers as one array of them."""
    return _packed(b"[" + b",".join(gzip.decompress(part.body) for part in parts) + b"]")


def pack(columns: dict[str, Any]) -> Payload:
    """Return columns as an answer ready to send."""
    return _packed(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode())


def _packed(raw: bytes) -> Payload:
    digest = hashlib.sha256(raw).hexdigest()[:20]
    return Payload(gzip.compress(raw, _COMPRESSION, mtime=0), f'"{digest}"')


def _units(choice: LayerChoice) -> UnitTiles:
    return prepared(("tiles", choice), lambda: prepare(choice.layer, map_layer(choice)))


def _basemap(*, english: bool) -> BasemapTiles:
    service, actor = context.office().basemap, context.actor()
    return prepared(
        ("basemap", english), lambda: prepare_basemap(service.features(actor), english=english)
    )
