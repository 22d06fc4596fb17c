"""The machine's Chromium: which program, and how it is started."""

from pathlib import Path

PROGRAMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((each for each in PROGRAMS if each.exists()), PROGRAMS[-1])
"""The one without windows where it is installed: a blank page costs it 0.1 s of CPU, not 0.8 s."""
_NOT_OPTIMISED = "--no-maglev --no-turbofan --single-threaded-gc"
"""A page of a test is seen for some seconds: optimising its JavaScript, and collecting its garbage
in several threads, cost a fifth of what the page costs its browser."""
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--js-flags={_NOT_OPTIMISED}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
