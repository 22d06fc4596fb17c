"""The name of the route that a request is for: never what somebody filled into its gaps."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Scope

from dashboard.navigation import PAGES

OTHER: Final = "other"
_STREAMLIT: Final = ("/_stcore/", "/static/", "/media/", "/component/")


class RouteNames:
    """Names the requests of an application.

    ``routes``: our own; whatever belongs to none of them is Streamlit's or nobody's.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    def name(self, scope: Scope) -> str:
        """Return the path of the route with its gaps open, such as ``/gw/tiles/{snapshot}``."""
        path = str(scope["path"])
        page = path.strip("/")
        if page in _pages():
            return f"/{page}"
        if scope["type"] == "http" and (found := _within(self._routes, scope)):
            return found
        for prefix in _STREAMLIT:
            if prefix in f"{path}/":  # a page's own address may stand before it
                return prefix
        return OTHER


def _within(routes: Iterable[BaseRoute], scope: Scope) -> str | None:
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.NONE:
            continue
        if isinstance(route, Mount):
            return route.path + (_within(route.routes or (), {**scope, **child}) or "")
        if isinstance(route, Route):
            return route.path
    return None


@cache
def _pages() -> frozenset[str]:
    return frozenset({"", *(page.url_path for page in PAGES)})
