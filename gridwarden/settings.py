"""Settings from environment variables; the only module that reads them."""

import os
from pathlib import Path

WORKSPACE_VARIABLE = "GRIDWARDEN_WORKSPACE"
LANGUAGE_VARIABLE = "GRIDWARDEN_LANGUAGE"
PASSWORD_VARIABLE = "GRIDWARDEN_PASSWORD"  # noqa: S105 -- the name of the variable
PASSPHRASE_VARIABLE = "GRIDWARDEN_PASSPHRASE"  # noqa: S105 -- the name of the variable
STORE_VARIABLE = "GRIDWARDEN_STORE_URL"
BLAS_THREADS = "OPENBLAS_NUM_THREADS"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8501


def workspace() -> Path | None:
    """Return the folder of the workspace, or None where none is named."""
    named = os.environ.get(WORKSPACE_VARIABLE)
    return Path(named) if named else None


def language() -> str | None:
    """Return ``zh`` or ``en`` where the environment names the language of the terminal."""
    return os.environ.get(LANGUAGE_VARIABLE, "")[:2].lower() or None


def system_locale() -> str:
    """Return the machine's locale as browsers write one, such as ``zh-CN``; "" for none."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), "")
    return chosen.partition(".")[0].replace("_", "-")


def password() -> str | None:
    """Return the password of who acts by ``--as``, or None: it is asked on the terminal."""
    return os.environ.get(PASSWORD_VARIABLE)


def passphrase() -> str | None:
    """Return the passphrase of backups, or None: it is asked on the terminal."""
    return os.environ.get(PASSPHRASE_VARIABLE)


def store_url() -> str | None:
    """Return the address of the database that ``--store -`` stands for, or None: it is asked."""
    return os.environ.get(STORE_VARIABLE)


def ask_for_one_blas_thread() -> None:
    """Let linear algebra work with one thread, unless the environment names a number.

    NumPy reads it as it is imported. Its other threads wait for work by running, which costs a
    small command .06 s of CPU, and a score asks for one anyway (`risk.arrays.one_thread`).
    """
    os.environ.setdefault(BLAS_THREADS, "1")
