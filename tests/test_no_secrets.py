"""No key, token or password of anybody's lies among the files: the gate's scan for secrets.

Ruff's rules ``S``, which are bandit's, look for passwords in code; this looks for what services
hand out, in files of every kind.
"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECRETS = {
    "private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s+[A-Za-z0-9+/]{16}",
    "AWS key": rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "Alibaba key": rb"\bLTAI[0-9A-Za-z]{12,20}\b",
    "Tencent key": rb"\bAKID[0-9A-Za-z]{32}\b",
    "GitHub token": rb"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{50,})\b",
    "GitLab token": rb"\bglpat-[0-9A-Za-z_-]{20}\b",
    "PyPI token": rb"\bpypi-AgE[0-9A-Za-z_-]{50,}",
    "Slack token": rb"\bxox[abprs]-[0-9A-Za-z-]{20,}",
    "Google key": rb"\bAIza[0-9A-Za-z_-]{35}\b",
    "model key": rb"\bsk-(?:[a-z]+-)?[0-9A-Za-z_-]{32,}\b",
    "web token": rb"\beyJ[0-9A-Za-z_-]{16,}\.eyJ[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}",
    "password in an address": rb"\b[a-z][a-z0-9+]{2,20}://[^\s/:@\"'{}<>]{1,40}:[^\s/:@\"'{}<>]{1,80}@[\w.-]+",
}
INVENTED = (
    b"@localhost",
    b"@127.0.0.1",
    b"@host",
    b"@db",
    b"@HOST",
    b"@nowhere",
    b"@example",
    b":sesame@",
    b":***@",
)
"""Ends of addresses in tests and handbooks, where passwords are invented."""
ALL = re.compile(b"|".join(b"(?:" + pattern + b")" for pattern in SECRETS.values()))


def found_in(content: bytes) -> list[bytes]:
    """Return what looks like a secret in a file."""
    hits = (match[0] for match in ALL.finditer(content))
    return [hit for hit in hits if not any(mark in hit for mark in INVENTED)]


def _files() -> list[Path]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]  # fmt: skip
    listed = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- git
    if listed.returncode:
        pytest.skip("not a clone: there is no list of its files")
    names = (name for name in listed.stdout.decode().split("\0") if name)
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_file_holds_a_secret() -> None:
    found = {str(path.relative_to(ROOT)): found_in(path.read_bytes()) for path in _files()}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    "planted",
    ["-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEowIBAAKCAQEA", "AKIA" + "A1B2C3D4E5F6G7H8",
     "ghp_" + "a" * 36, "sk-" + "a1" * 20, "postgresql://gw:" + "s3cret@10.0.0.7/x"],
)  # fmt: skip
def test_the_scan_would_see_what_it_looks_for(planted: str) -> None:
    assert found_in(b"x = '" + planted.encode() + b"'\n")
