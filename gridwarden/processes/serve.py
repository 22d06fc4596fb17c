"""Serve one office, or all of an installation, by several processes behind one address."""

import asyncio
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

from dashboard.runtime.certificates import Certificate
from dashboard.runtime.logs import write_logs
from data.workspace.installation import Installation
from governance.office import Office
from gridwarden.compose import serving_settings
from gridwarden.console.options import UsageProblemError
from gridwarden.processes.supervisor import ANY_NAME, Supervisor, marked_as_server


def refuse_one_process_systems() -> None:
    """Say that several processes need what Windows does not have.

    Raises `UsageProblemError`: ``processes_need_unix``.
    """
    if sys.platform == "win32":
        raise UsageProblemError("processes_need_unix")


def serve_office(
    office: Office,
    folder: Path,
    *,
    processes: int,
    host: str,
    port: int,
    certificate: Certificate | None,
    opened: Callable[[], None],
) -> None:
    """Serve one office by several processes until this one is told to end.

    ``office``: is closed before they start.
    Other parameters are those of `gridwarden.compose.serve_dashboard`.

    Raises `ServerRunsError` when such a server runs for this folder already.
    """
    settings = serving_settings(folder)
    write_logs(as_json=office.operations.rules.log_format == "json")
    office.close()
    supervisor = Supervisor(
        {"": [str(folder)]}, counts={"": processes}, names={ANY_NAME: ""},
        behind_proxy=settings.behind_proxy,
    )  # fmt: skip
    with marked_as_server(folder):
        asyncio.run(supervisor.run(host, port, certificate=_context(certificate), opened=opened))


def serve_installation(
    installation: Installation,
    file: Path,
    *,
    host: str,
    port: int,
    certificate: Certificate | None,
    opened: Callable[[], None],
) -> None:
    """Serve every office of an installation by processes of its own until this one is told to end.

    Parameters are those of `serve_office`.

    Raises `ServerRunsError` when a server runs for this installation already.
    """
    write_logs(as_json=False)
    offices = installation.offices
    supervisor = Supervisor(
        {
            key: ["--installation", str(file), "--office", key, str(installation.folder(key))]
            for key in offices
        },
        counts={key: entry.processes for key, entry in offices.items()},
        names={entry.host: key for key, entry in offices.items()},
        behind_proxy=installation.server.behind_proxy,
    )
    with marked_as_server(installation.root):
        asyncio.run(supervisor.run(host, port, certificate=_context(certificate), opened=opened))


def _context(certificate: Certificate | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    return context
