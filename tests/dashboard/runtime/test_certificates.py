"""https by the documented recipe: made by openssl, served, trusted through its root alone."""

import re
import shlex
import shutil
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from visits import ROOT, free_port, running

from dashboard.runtime.certificates import CertificateError, read_certificate

RECIPE = ROOT / "docs/reference/https.md"
NAMES = {"gridwarden.street.lan": "localhost", "10.1.2.3": "127.0.0.1"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make root and certificate as the recipe says, for this machine's own names."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine")
    folder = tmp_path_factory.mktemp("tls")
    for block in re.findall(r"```sh\n(.*?)```", RECIPE.read_text("utf-8"), re.DOTALL):
        for old, new in NAMES.items():
            block = block.replace(old, new)  # noqa: PLW2901 -- the same block for here
        block = block.replace("-keyout ca.key", "-passout pass:word -keyout ca.key")  # noqa: PLW2901
        block = block.replace("-CAkey ca.key", "-CAkey ca.key -passin pass:word")  # noqa: PLW2901
        script = f"cd {shlex.quote(str(folder))}\nset -e\n{block}"
        subprocess.run(["/bin/sh", "-c", script], check=True, capture_output=True)  # noqa: S603
    return folder


@pytest.fixture(scope="module")
def https(made: Path, warden_folder: Path) -> str:
    """Serve the workspace of wardens over https; return the address."""
    port = free_port()
    pair = ["--tls-cert", str(made / "server.crt"), "--tls-key", str(made / "server.key")]
    command = ["-w", str(warden_folder), "serve", "--port", str(port), *pair]
    trusting = ssl.create_default_context(cafile=made / "ca.crt")
    with running(command, port=port, trusting=trusting) as address:
        yield address


def test_who_trusts_the_root_reaches_the_server_by_name_and_by_address(
    https: str, made: Path
) -> None:
    trusting = ssl.create_default_context(cafile=made / "ca.crt")
    for host in NAMES.values():
        address = f"{https.replace('127.0.0.1', host)}/gw/health"
        with urllib.request.urlopen(address, context=trusting) as answer:  # noqa: S310 -- our own
            assert answer.status == 200


def test_who_does_not_trust_the_root_is_not_served(https: str) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"{https}/gw/health", context=ssl.create_default_context())  # noqa: S310


def test_the_root_can_sign_for_no_other_name(made: Path) -> None:
    other = "subjectAltName=DNS:bank.example\n"
    (made / "other.ext").write_text(other, "utf-8")
    sign = "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -passin pass:word -days 9 -extfile other.ext -out other.crt"  # noqa: E501
    subprocess.run(["openssl", *sign.split()], cwd=made, check=True, capture_output=True)  # noqa: S603, S607
    checked = subprocess.run(
        ["openssl", "verify", "-CAfile", "ca.crt", "other.crt"],  # noqa: S607
        cwd=made, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "permitted subtree violation" in checked.stderr


def test_the_cookie_of_a_session_over_https_never_travels_without_it(
    https: str, made: Path
) -> None:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    trusting = ssl.create_default_context(cafile=made / "ca.crt")
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), Stay())
    form = urllib.parse.urlencode({"role": "warden"}).encode()
    asked = urllib.request.Request(  # noqa: S310 -- our own server
        f"{https}/gw/demo-sign-in", data=form, headers={"origin": https}
    )
    with pytest.raises(urllib.error.HTTPError) as answer:
        opener.open(asked)
    with answer.value as told:
        cookie = told.headers["set-cookie"]
        assert told.code == 303
    assert {"Secure", "HttpOnly"} <= set(cookie.replace(" ", "").split(";"))


def test_files_that_cannot_serve_https_are_refused_before_anything_is_served(
    made: Path, tmp_path: Path
) -> None:
    chain, key = made / "server.crt", made / "server.key"
    assert read_certificate(None, None) is None
    (tmp_path / "text.pem").write_text("no certificate", "utf-8")
    with pytest.raises(CertificateError, match="Certificate half"):
        read_certificate(chain, None)
    for pair in ((chain, made / "ca.key"), (made / "ca.crt", key), (tmp_path / "none", key),
                 (tmp_path / "text.pem", key)):  # fmt: skip
        with pytest.raises(CertificateError, match="Certificate unusable"):
            read_certificate(*pair)
