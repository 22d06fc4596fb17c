"""Compose the application from its parts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from dashboard.runtime.certificates import Certificate
from dashboard.runtime.oidc_client import Directory
from data.workspace.folder import Workspace
from data.workspace.installation import (
    Installation,
    Place,
    read_installation,
    with_office,
    write_office,
)
from data.workspace.sections import SettingsError
from data.workspace.settings import SETTINGS_FILE, SignInSettings, read_section, read_settings
from geo.garbage import no_collection
from geo.late_parts import part_modules
from governance.office import Office
from governance.service import Resources

_DIRECTORY_NEEDS = ("authlib", "joserfc", "httpx")


def utc_now() -> datetime:
    """Return the time; the only clock of the running product."""
    return datetime.now(tz=UTC)


def open_office(
    folder: Path, *, now: Callable[[], datetime] = utc_now, place: Place | None = None
) -> Office:
    """Open a workspace and build the services that stand on it.

    Changes of files that a crash left half done are finished or taken back.

    ``place``: which office of an installation it is; None where it stands alone.

    Raises `WorkspaceError` when the folder holds no workspace.
    Raises `SettingsError` when its settings cannot be used.
    """
    workspace = Workspace.open(folder)
    resources = Resources(workspace=workspace, now=now, place=place)
    if any(workspace.pending_path.glob("*.lock")):  # one for each change that runs or was left
        resources.file_changes.settle_at_start()
    return Office(resources)


def open_installation(file: Path) -> Installation:
    """Read the file that names the offices of an installation.

    Raises `SettingsError` when it cannot be used, naming all that is wrong in it.
    """
    return read_installation(file)


def add_office(
    file: Path, key: str, entry: Mapping[str, str | int], *, store: str = ""
) -> tuple[Path, str | None]:
    """Make another office's workspace and name it in the file of the installation.

    ``file``: is made where it is not there.
    ``key``, ``entry``: as of `data.workspace.installation`.
    ``store``: URL of its database; SQLite in its folder where empty.

    Returns the workspace, and the one-time password of ``admin``.

    Raises `SettingsError` when the installation would be none with it: nothing is made then.
    """
    installation = with_office(file, key, entry)
    folder, first = found_office(installation.folder(key), store=store)
    write_office(file, key, entry)
    return folder, first


def place_in(file: Path, office: str) -> Place:
    """Return what an office of an installation may know of it: its name, and who is below it."""
    return read_installation(file).place(office)


def retired_settings(folder: Path) -> tuple[str, ...]:
    """List the settings of a workspace that no longer mean anything, as ``section.key``."""
    return read_settings(folder / SETTINGS_FILE).retired


def serving_settings(folder: Path) -> SignInSettings:
    """Return how the server of a workspace is reached, as its settings say."""
    return read_settings(folder / SETTINGS_FILE).sign_in


def create_workspace(folder: Path, *, store: str = "") -> Path:
    """Make an empty workspace and return its folder.

    ``store``: URL of its database; SQLite in the folder where empty.
    """
    workspace = Workspace.create(folder, store=store)
    workspace.store.close()
    return workspace.root


def found_office(folder: Path, *, store: str = "") -> tuple[Path, str | None]:
    """Make an empty workspace; return its folder and the one-time password of ``admin``."""
    root = create_workspace(folder, store=store)
    with closing(open_office(root)) as office:
        return root, office.accounts.ensure_first_administrator()


def made_ahead() -> tuple[Callable[[Office], Iterator[None]], ...]:
    """Return what makes ahead, after the map, what the first visitors of pages would wait for."""
    from dashboard.views.building import detail
    from dashboard.views.evaluation import monitoring
    from dashboard.views.plan.make import campaign
    from dashboard.views.responsibility.assignment import previews

    return tuple(view.make_ahead for view in (detail, campaign, previews, monitoring))


def _warming(office: Office) -> AbstractContextManager[Callable[[], None]]:
    from dashboard.views.map.warm_up import warming_in_background

    return warming_in_background(office, then=made_ahead())


def serve_dashboard(
    office: Office,
    folder: Path,
    *,
    host: str = "",
    port: int = 0,
    open_browser: bool = False,
    certificate: Certificate | None = None,
    socket: Path | None = None,
    opened: Callable[[], None] = lambda: None,
) -> None:
    """Serve the dashboard of an office, which scores by itself, until the process is told to end.

    ``folder``: the workspace that they stand on, whose settings say how the server is reached.
    ``host``, ``port``: where to listen; with a socket, ``host`` is one more name under which
    browsers reach it.
    ``open_browser``: whether to open it in this machine's browser.
    ``certificate``: by which to speak https; plain http without one.
    ``socket``: a Unix socket on which a front of ours alone is answered, instead of host and port.
    ``opened``: called once people can connect.

    Raises `SettingsError` when a directory is configured that cannot be asked, or the section
    ``scoring``, ``public_reports`` or ``evidence`` is wrong.
    """
    with no_collection():  # neither a thread nor the first visitor waits for what is imported
        from dashboard import app as dashboard_app
        from dashboard.runtime import context

        for module in (*part_modules(Office), *dashboard_app.WARM):
            import_module(module)
    workspace = Workspace.open(folder)
    settings = workspace.settings.sign_in
    directory = _directory(settings, workspace.root)
    if socket is not None:  # whatever stands before the front, the front has looked at
        names = (*settings.host_names, host) if host else settings.host_names
        settings = replace(settings, behind_proxy=True, host_names=names)
    context.provide(office, sign_in=settings, directory=directory)
    with _background_work(office, workspace), _warming(office) as warm_up:

        def tell() -> None:
            opened()
            warm_up()

        if socket is not None:
            dashboard_app.serve_on_socket(socket, opened=tell)
        else:
            dashboard_app.serve(host=host, port=port, open_browser=open_browser,
                                certificate=certificate, opened=tell)  # fmt: skip


def _background_work(office: Office, workspace: Workspace) -> AbstractContextManager[None]:
    """Check what is read later, and return what works in the background meanwhile."""
    from dashboard.runtime.background_scorer import scoring_in_background
    from governance.cases.public_reports.settings import SECTION as PUBLIC_REPORTS
    from governance.cases.public_reports.settings import PublicReportRules
    from governance.records.evidence.settings import SECTION as EVIDENCE
    from governance.records.evidence.settings import EvidenceRules
    from governance.scores.automatic.rules import SECTION, ScoringRules
    from governance.security.operations import metrics_token

    scoring = read_section(workspace.settings, SECTION, ScoringRules)
    for section, rules in ((PUBLIC_REPORTS, PublicReportRules), (EVIDENCE, EvidenceRules)):
        read_section(workspace.settings, section, rules)  # or wrong when asked
    metrics_token(workspace)
    if not scoring.automatic:
        return nullcontext()
    return scoring_in_background(office, only_one=workspace.background_lock)


def _directory(settings: SignInSettings, root: Path) -> Directory | None:
    """Return the directory that the settings name, with its secret, or None."""
    from dashboard.runtime.oidc_client import Directory

    if not settings.oidc_issuer:
        return None
    if not all(find_spec(package) for package in _DIRECTORY_NEEDS):
        raise SettingsError(
            "directory_not_installed",
            setting="sign_in.oidc_issuer",
            what_to_do="Install the extra: pip install gridwarden[oidc]",
        )
    secret = root / settings.oidc_secret_file
    if not secret.is_file():
        raise SettingsError(
            "directory_secret_missing",
            setting="sign_in.oidc_secret_file",
            seen=settings.oidc_secret_file,
            what_to_do="Write the client's secret into this file of the workspace.",
        )
    return Directory(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.read_text(encoding="utf-8").strip(),
        login_claim=settings.oidc_login_claim,
    )
