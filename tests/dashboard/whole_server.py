"""The whole application, Streamlit's own paths and all, asked without a network."""

import asyncio
from typing import Any

import httpx
from small_browser import HERE
from two_communities import COMMUNITY, OWN

from dashboard.app import app
from governance.access.permissions import local_owner
from governance.office import Office


class Server:
    """The whole application, guard and Streamlit's paths and all, without a network."""

    def __init__(self, office: Office) -> None:
        self.office, self.cookie = office, office.sessions.cookie_name
        self.app = app._build_starlette_app()
        self._transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.snapshot = str(office.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
        self.gaps = {
            "snapshot": self.snapshot, "unit": OWN[0], "building": OWN[0],
            "community": COMMUNITY["M"], "layer": "building", "tiles": "0-0-0",
            "upload": "0" * 32, "number": "CL-2026-0001", "sha256": "0" * 64, "name": "public.css",
            "file_id": "x.png", "session_id": "s", "path": "x",
            "page": "map",
        }  # fmt: skip

    def token(self, role: str) -> str:
        """Open a session of a role's account."""
        return self.office.sign_in.by_demo(role).token

    def ask(self, method: str, path: str, *, sid: str | None = None, **more: Any) -> httpx.Response:
        """Ask as whoever has a cookie, from this origin unless headers say otherwise."""
        headers = {"origin": HERE, **more.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        cookies = {self.cookie: sid} if sid is not None else None

        async def asking() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url=HERE, cookies=cookies
            ) as web:
                return await web.request(method, path, headers=headers, **more)

        return asyncio.run(asking())
