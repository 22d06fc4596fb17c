"""The ASGI application: Streamlit's pages, our routes and the guard, on one port.

``st.App`` stands here literally: built by a function, ``streamlit run`` would take this file for
a plain script. The front door calls :func:`dashboard.runtime.context.provide` and then
:func:`serve`, in
one process.
"""

import gc
import importlib
import socket
import threading
import time
import webbrowser
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit.runtime.runtime_util import get_max_message_size_bytes
from streamlit.web import bootstrap

from dashboard.runtime import context
from dashboard.runtime.certificates import Certificate
from dashboard.runtime.logs import take_over_uvicorn, write_logs
from dashboard.server import errors
from dashboard.server.guard import Guard
from dashboard.server.operations.request_log import RequestLog
from dashboard.server.operations.route_names import RouteNames
from dashboard.server.routes import own_routes
from geo.garbage import collect_rarely

_ASK_EVERY_S = 0.1
_GRACE_S = 30
"""So long a request that is being answered may keep a process that was told to end."""
_SCRIPT = Path(__file__).with_name("main.py")
WARM = (
    "folium",
    "xlsxwriter",
    *(
        f"dashboard.views.{page}.page"
        for page in (
            "map",
            "building",
            "importing",
            "evaluation",
            "start",
            "responsibility",
            "plan",
        )
    ),
)
_FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "Source Han Sans SC", sans-serif'


@asynccontextmanager
async def _warmed_up(_app: object) -> AsyncGenerator[None, None]:
    """Import what the first visitor would wait for, then take it out of the collector's sight."""
    take_over_uvicorn()
    for module in WARM:  # imported before, but for `streamlit run`
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    collect_rarely()
    yield


_ROUTES = own_routes()
app = st.App(
    _SCRIPT,
    routes=_ROUTES,
    middleware=[Middleware(RequestLog, names=RouteNames(_ROUTES)), Middleware(Guard)],
    exception_handlers=errors.HANDLERS,
    lifespan=_warmed_up,
)


def server_options(
    *, host: str, port: int, certificate: Certificate | None = None
) -> dict[str, object]:
    """Return Streamlit's options: quiet, local, without watchers, and in our type and colours."""
    https = {
        "server.sslCertFile": str(certificate.chain),
        "server.sslKeyFile": str(certificate.key),
    } if certificate else {}  # fmt: skip
    return {
        **https,
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.maxUploadSize": 1024,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "logger.hideWelcomeMessage": True,
        "runner.postScriptGC": False,  # Python collects by itself; nobody waits for it
        "theme.base": "light",
        "theme.font": _FONT,
        "theme.headingFont": _FONT,
        "theme.baseFontSize": 15,
        "theme.baseRadius": "0.35rem",
        "theme.primaryColor": "#1f5f8b",
        "theme.backgroundColor": "#ffffff",
        "theme.secondaryBackgroundColor": "#f4f6f8",
        "theme.textColor": "#1d2733",
        "theme.borderColor": "#d5dbe1",
        "theme.showWidgetBorder": True,
    }


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8501,
    open_browser: bool = False,
    certificate: Certificate | None = None,
    opened: Callable[[], None] = lambda: None,
) -> None:
    """Serve the provided office until the process is told to end.

    ``host``: address to listen on; the default is reachable from this machine only.
    ``port``: port to listen on; 0 takes a free one.
    ``open_browser``: whether to open the front page in this machine's browser.
    ``certificate``: by which to speak https; plain http without one.
    ``opened``: called once people can connect.

    Raises `NoOfficeError` when :func:`dashboard.runtime.context.provide` was not called before.
    """
    _write_logs()

    def tell() -> None:
        wait_until_open(host, port)
        opened()
        if open_browser:
            webbrowser.open(f"{'https' if certificate else 'http'}://{host}:{port}/")

    if port:
        threading.Thread(target=tell, daemon=True).start()
    app.run(config=server_options(host=host, port=port, certificate=certificate))


def serve_on_socket(path: Path, *, opened: Callable[[], None] = lambda: None) -> None:
    """Serve the provided office on a Unix socket until the process is told to end.

    For a front that hands requests on; who may enter the socket's folder may pretend to be it.
    Requests that are being answered when the process is told to end are answered before it ends.

    Raises `NoOfficeError` when :func:`dashboard.runtime.context.provide` was not called before.
    """
    _write_logs()
    bootstrap.load_config_options(server_options(host="localhost", port=0))

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            threading.Thread(target=opened, daemon=True).start()

    config = uvicorn.Config(
        app, uds=str(path), ws="websockets-sansio", ws_max_size=get_max_message_size_bytes(),
        ws_per_message_deflate=False, access_log=False, log_config=None, log_level="warning",
        timeout_graceful_shutdown=_GRACE_S,
    )  # fmt: skip
    Server(config).run()


def _write_logs() -> None:
    write_logs(as_json=context.office().operations.rules.log_format == "json")


def wait_until_open(host: str, port: int) -> None:
    """Wait until a server on this machine takes connections."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- what it is asked by
    while True:
        try:
            socket.create_connection((everywhere.get(host, host), port), timeout=1).close()
        except OSError:
            time.sleep(_ASK_EVERY_S)
        else:
            return
