"""Lakes at an address of fsspec: in memory, in another folder of this disk, or on WebHDFS."""

import json
import tempfile
import threading
import uuid
from functools import cache
from pathlib import Path

import fsspec
from fsspec.implementations.arrow import ArrowFSWrapper
from pyarrow.fs import LocalFileSystem
from webhdfs import Server

from data.workspace.folder import Workspace
from data.workspace.settings import SETTINGS_FILE

KINDS = ("memory", "file")
ARROW = "arrow-test"
WEBHDFS = "webhdfs"


class ArrowFiles(ArrowFSWrapper):  # type: ignore[misc]
    """Files of this disk by way of pyarrow, as fsspec reaches HDFS."""

    protocol = ARROW
    cachable = False

    def __init__(self, **_: object) -> None:
        super().__init__(LocalFileSystem())

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix(f"{ARROW}://")


fsspec.register_implementation(ARROW, ArrowFiles, clobber=True)


def address(kind: str, folder: Path) -> str:
    """Return an address that nobody uses; of files, in a folder."""
    if kind == "memory":
        return f"memory://{uuid.uuid4().hex}"
    if kind == WEBHDFS:
        return f"{hadoop_stand_in().url}/{uuid.uuid4().hex}"
    return f"{kind}://{folder / 'at lake'}"


@cache
def hadoop_stand_in() -> Server:
    """Return a server of WebHDFS that runs as long as the process; its folder goes with it."""
    folder = tempfile.TemporaryDirectory()
    server = Server(Path(folder.name))
    server.kept = folder
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def put_lake_at(root: Path, url: str) -> None:
    """Name the address of a workspace's lake in its settings."""
    file = root / SETTINGS_FILE
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition("[lake]\npath = ")
    rest = rest.partition("\n")[2]
    file.write_text(f"{before}[lake]\npath = {json.dumps(url)}\n{rest}", encoding="utf-8")


def move_lake(root: Path, to: Path) -> str:
    """Move the rows of a workspace to a folder and name it as the lake's address, as `file://`."""
    for rows in (root / "lake").glob("[!.]*/*/rows.parquet"):
        place = to / rows.relative_to(root / "lake")
        place.parent.mkdir(parents=True)
        rows.rename(place)
    put_lake_at(root, url := f"file://{to}")
    return url


def with_lake_at(workspace: Workspace, url: str) -> Workspace:
    """Open a workspace anew with its lake at an address."""
    workspace.close()
    put_lake_at(workspace.root, url)
    return Workspace.open(workspace.root)
