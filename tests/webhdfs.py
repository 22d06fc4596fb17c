"""A folder served by the WebHDFS protocol, in place of a Hadoop cluster's name node and data node.

Follows Apache Hadoop's page "WebHDFS REST API" for what fsspec's driver and Hadoop's own client
ask: LISTSTATUS, GETFILESTATUS, GETFILEBLOCKLOCATIONS, OPEN, CREATE, APPEND, MKDIRS, RENAME, DELETE.
Data is sent and fetched in two steps, as there: the first answer leads to the node that holds it.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = "/webhdfs/v1"


class Handler(BaseHTTPRequestHandler):
    """Answers one question about the folder of its server."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self._answer()

    do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 -- named so by the library

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        self.asked = dict(parse_qsl(parts.query))
        name = unquote(parts.path).removeprefix(ROOT).strip("/")
        self.file = self.server.folder / name
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        op = self.asked.get("op", "").upper()
        self.server.operations.append(op)
        try:
            getattr(self, f"_{op.lower()}")()
        except FileNotFoundError as error:
            self._refuse(404, "java.io.FileNotFoundException", str(error))
        except AttributeError:
            self._refuse(400, "java.lang.IllegalArgumentException", op)

    def _getfilestatus(self) -> None:
        self._send(200, {"FileStatus": status(self.file, "")})

    def _liststatus(self) -> None:
        if self.file.is_dir():
            found = [status(each, each.name) for each in sorted(self.file.iterdir())]
        else:
            found = [status(self.file, "")]
        self._send(200, {"FileStatuses": {"FileStatus": found}})

    def _getfileblocklocations(self) -> None:
        node, port = "127.0.0.1", self.server.server_port
        block = {
            "offset": 0, "length": self.file.stat().st_size, "corrupt": False,
            "hosts": [node], "names": [f"{node}:{port}"], "cachedHosts": [],
            "topologyPaths": [f"/default-rack/{node}:{port}"], "storageTypes": ["DISK"],
        }  # fmt: skip
        self._send(200, {"BlockLocations": {"BlockLocation": [block]}})

    def _open(self) -> None:
        content = self.file.read_bytes()
        if self._led_on():
            return
        begin = int(self.asked.get("offset", 0))
        length = int(self.asked.get("length", len(content)))
        self._send(200, content[begin : begin + length])

    def _create(self) -> None:
        if self._led_on():
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(self.body)
        self._send(201, b"")

    def _append(self) -> None:
        if self._led_on():
            return
        with self.file.open("ab") as file:
            file.write(self.body)
        self._send(200, b"")

    def _mkdirs(self) -> None:
        self.file.mkdir(parents=True, exist_ok=True)
        self._send(200, {"boolean": True})

    def _rename(self) -> None:
        """Move a file, over no other; as HDFS does, say so with a word of the answer alone."""
        to = self.server.folder / self.asked["destination"].strip("/")
        done = self.file.exists() and not to.exists() and to.parent.is_dir()
        if done:
            self.file.rename(to)
        self._send(200, {"boolean": done})

    def _delete(self) -> None:
        there = self.file.exists()
        if self.file.is_dir():
            for each in sorted(self.file.rglob("*"), reverse=True):
                each.rmdir() if each.is_dir() else each.unlink()
            self.file.rmdir()
        else:
            self.file.unlink(missing_ok=True)
        self._send(200, {"boolean": there})

    def _led_on(self) -> bool:
        """Lead who asks to the data node, which is this server as well; say whether that was so."""
        if "datanode" in self.asked:
            return False
        to = f"http://{self.headers['Host']}{self.path}&datanode=true"
        self._send(307, b"", Location=to)
        return True

    def _refuse(self, code: int, kind: str, message: str) -> None:
        told = {"exception": kind.rpartition(".")[2], "javaClassName": kind, "message": message}
        self._send(code, {"RemoteException": told})

    def _send(self, code: int, content: Any, **headers: str) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "application/octet-stream" if isinstance(content, bytes) else "application/json"
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    """Serves a folder and keeps what was asked."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.folder, self.operations = folder, list[str]()
        self.kept: object = None

    @property
    def url(self) -> str:
        """The address of the folder."""
        return f"webhdfs://127.0.0.1:{self.server_port}"


def status(file: Path, name: str) -> dict[str, Any]:
    """Return what HDFS tells of a file or a folder."""
    seen, folder = file.stat(), file.is_dir()
    return {
        "pathSuffix": name,
        "type": "DIRECTORY" if folder else "FILE",
        "length": 0 if folder else seen.st_size,
        "owner": "hdfs", "group": "hdfs", "permission": "755" if folder else "644",
        "accessTime": 0, "modificationTime": int(seen.st_mtime * 1000),
        "blockSize": 134_217_728, "replication": 0 if folder else 1,
        "fileId": seen.st_ino, "childrenNum": 0, "storagePolicy": 0,
    }  # fmt: skip
