"""Fixtures: the labelled addresses, and a register small enough to read."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from geo.addresses.match import AddressMatcher, RegisteredBuilding


@pytest.fixture(scope="session")
def labelled() -> ModuleType:
    """Return the generator of labelled addresses; it stands alone, so it is loaded by its path."""
    name = "labelled_addresses"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("labelled.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def matcher() -> AddressMatcher:
    """Return a matcher over two dozen buildings that a reader can keep in mind."""

    def building(
        estate: str,
        number: str,
        *,
        community: str = "文昌社区",
        street: str = "松溪街道",
        **more: Any,
    ) -> RegisteredBuilding:
        gate = more.pop("gate", "")
        return RegisteredBuilding(
            building_id=f"{community[:2]}/{estate}{number}{gate}",
            estate=estate,
            building_no=number,
            std_address=f"示例区{street}{gate}{estate}{number}",
            street=street,
            community=community,
            **more,
        )

    return AddressMatcher(
        [
            building("锦绣花园", "1号楼", gate="迎宾路18号"),
            building("锦绣花园", "12号楼", gate="迎宾路18号"),
            building("锦绣花园", "13栋", gate="迎宾路18号"),
            building("翡翠家园", "3号楼", community="文昌社区"),
            building("翡翠家园", "3号楼", community="柳河社区", street="柏桥街道"),
            building("翡翠家园", "9号楼", community="柳河社区", street="柏桥街道"),
            building("二轻局家属院", "2号楼", aliases=("老二轻宿舍",)),
            building("金桂苑东区", "5号楼"),
            building("金桂苑西区", "5号楼"),
            building("金桂苑西区", "6号楼"),
            building("云水居一期", "1号楼"),
            building("云水居二期", "8号楼"),
            building("阳光城", "A座", gate="五一路7号"),
            building("兴业大厦", "", gate="五一路9号"),
            building("五一小区", "2号楼"),
            building("柳营路669弄", "14号"),
            building("", "35号", gate="建设路"),
            building("", "37号附1号", gate="建设路"),
            building("石榴村", "6号"),
            building("海棠湾国际花园", "7号楼"),
        ]
    )
