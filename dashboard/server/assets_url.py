"""Addresses of our own static files, each with a digest so that a changed one is fetched again."""

import hashlib
import posixpath
import re
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"
KEPT = "/gw/kept"
"""Under it and a version lie our own files for ever: a browser that has one does not ask again."""
LEAFLET_SCRIPT = "/gw/leaflet/leaflet.js"
_IMPORT = re.compile(r"""^import [^"]*"(\.[^"]+)";$""", re.MULTILINE)


@cache
def asset_version() -> str:
    """Return a short digest of all own assets, so that browsers fetch a changed one again."""
    digest = hashlib.sha256()
    for path in sorted(each for each in ASSETS.rglob("*") if each.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def asset_url(name: str) -> str:
    """Return the address of one of our own assets."""
    return f"/gw/assets/{name}?v={asset_version()}"


def kept_url(name: str) -> str:
    """Return the address of one of our own assets at which it never changes.

    What a script imports relatively has the same version.
    """
    return f"{KEPT}/{asset_version()}/{name}"


@cache
def scripts_of(name: str) -> tuple[str, ...]:
    """Return a script and all that it imports of ours, itself first."""
    found, left = [name], [name]
    while left:
        script = left.pop()
        for named in _IMPORT.findall((ASSETS / script).read_text(encoding="utf-8")):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(script), named))
            if other not in found:
                found.append(other)
                left.append(other)
    return tuple(found)


@cache
def preload_header(name: str) -> str:
    """Return a ``Link`` header by which a browser fetches a map's scripts beforehand."""
    urls = [LEAFLET_SCRIPT, *map(kept_url, scripts_of(name))]
    return ", ".join(f"<{url}>; rel=modulepreload" for url in urls)
