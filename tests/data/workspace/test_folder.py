"""Rules of the workspace, its settings and its lock."""

import sys
from pathlib import Path

import pytest
from refusals import refused_as

from data.workspace.folder import Workspace, WorkspaceError
from data.workspace.locks import WorkspaceBusyError
from data.workspace.sections import SettingsError


def test_a_workspace_is_one_folder_that_can_be_opened_again(workspace: Workspace) -> None:
    names = {path.name for path in workspace.root.iterdir()}
    assert {"gridwarden.toml", "gridwarden.db", "secret.key", "lake", "snapshots"} <= names
    assert Workspace.open(workspace.root).secret == workspace.secret


@pytest.mark.skipif(sys.platform == "win32", reason="has no such rights")
def test_nobody_else_on_the_machine_opens_a_new_workspace(workspace: Workspace) -> None:
    made = Workspace.create(workspace.root.parent / "deep" / "made")
    assert made.root.stat().st_mode & 0o777 == 0o700


def test_a_copied_workspace_is_the_same_office(workspace: Workspace, tmp_path: Path) -> None:
    moved = workspace.root.rename(tmp_path / "elsewhere")
    assert Workspace.open(moved).lake.imports() == []


def test_a_workspace_is_not_made_over_another(workspace: Workspace) -> None:
    with refused_as("workspace_exists"):
        Workspace.create(workspace.root)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with refused_as("workspace_missing"):
        Workspace.open(tmp_path)


def test_the_settings_of_a_new_workspace_are_the_defaults(workspace: Workspace) -> None:
    text = (workspace.root / "gridwarden.toml").read_text(encoding="utf-8")
    (workspace.root / "gridwarden.toml").write_text("", encoding="utf-8")
    bare = Workspace.open(workspace.root).settings
    (workspace.root / "gridwarden.toml").write_text(text, encoding="utf-8")
    told = Workspace.open(workspace.root).settings
    assert (bare.office, bare.place, bare.buildings, bare.store) == (
        told.office,
        told.place,
        told.buildings,
        told.store,
    )


def test_every_wrong_setting_is_reported_at_once(workspace: Workspace) -> None:
    (workspace.root / "gridwarden.toml").write_text(
        '[place]\nnear_m = "far"\nradius = 3\n[buildings]\nmade_from = ["persons"]\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as refused:
        Workspace.open(workspace.root)
    problems = refused.value.facts["problems"]
    assert {(each.section, each.key, each.seen, each.expected) for each in problems} == {
        ("place", "near_m", '"far"', "number_low_high"),
        ("place", "radius", "3", "known_key"),
        ("buildings", "made_from", '"persons"', "choice"),
    }


def test_sections_of_other_packages_are_kept_as_they_are(workspace: Workspace) -> None:
    path = workspace.root / "gridwarden.toml"
    path.write_text("[score.weights]\ncomplaints = 2.5\n", encoding="utf-8")
    settings = Workspace.open(workspace.root).settings
    assert settings.sections["score"] == {"weights": {"complaints": 2.5}}


def test_a_lost_secret_is_not_replaced_silently(workspace: Workspace) -> None:
    (workspace.root / "secret.key").unlink()
    with refused_as("secret_missing"):
        _ = Workspace.open(workspace.root).secret


def test_a_lost_store_is_not_replaced_silently(workspace: Workspace) -> None:
    (workspace.root / "gridwarden.db").unlink()
    with pytest.raises(WorkspaceError, match="Store missing"):
        Workspace.open(workspace.root)


def test_two_cannot_change_a_workspace_at_once(workspace: Workspace) -> None:
    with workspace.lock(), pytest.raises(WorkspaceBusyError), workspace.lock():
        pass
    with workspace.lock():  # let go at the end of the block
        pass
