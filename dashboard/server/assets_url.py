"""Addresses of our own static files, each with a digest so that a changed one is fetched again."""

import hashlib
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"


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
