"""The normalised address of every stored row, and which of some addresses an import has."""

from collections.abc import Callable
from typing import Any

from data.derived.placing.address_keys import AddressKeys
from data.lake.manifest import Manifest
from data.workspace.folder import Workspace
from geo.addresses.normalise import normalise_address

TEXTS = ("示例花园3栋201室", "示例花园 3号楼", None, "老化肥厂宿舍", "", "示例花园3栋201室")


def keys_of(
    workspace: Workspace, put_rows: Callable[..., Manifest]
) -> tuple[AddressKeys, Manifest]:
    rows: list[dict[str, Any]] = [
        {"ticket_no": f"{n}", "raw_address": text} for n, text in enumerate(TEXTS)
    ]
    manifest = put_rows(workspace, "complaints", rows)
    paths = {manifest.import_id: workspace.lake.rows_path(manifest)}
    return AddressKeys(workspace.derived_path, paths), manifest


def test_each_row_has_the_key_of_its_text_in_the_order_of_the_rows(
    workspace: Workspace, put_rows: Callable[..., Manifest]
) -> None:
    keys, manifest = keys_of(workspace, put_rows)
    assert keys.of(manifest).tolist() == [normalise_address(text or "") for text in TEXTS]


def test_of_some_addresses_exactly_those_of_its_rows_are_found(
    workspace: Workspace, put_rows: Callable[..., Manifest]
) -> None:
    keys, manifest = keys_of(workspace, put_rows)
    wanted = frozenset(["示例花园3号楼", "老化肥厂宿舍", "老化肥厂", "没有的地方"])
    assert keys.among([manifest], wanted) == wanted & set(keys.of(manifest))
    assert keys.among([manifest], wanted) == {"示例花园3号楼", "老化肥厂宿舍"}
    assert keys.among([], wanted) == keys.among([manifest], frozenset()) == frozenset()
