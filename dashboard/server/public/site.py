"""All of what is public below one path, which is not there while the office takes no reports."""

from typing import Final

from starlette.middleware import Middleware
from starlette.routing import Mount

from dashboard.server.public import api, pages
from dashboard.server.public.public_requests import WhenSwitchedOn

PUBLIC: Final = "/gw/public"


def public_site() -> Mount:
    """Return everything that a stranger may ask for."""
    return Mount(
        PUBLIC, routes=[*pages.routes(), *api.routes()], middleware=[Middleware(WhenSwitchedOn)]
    )
