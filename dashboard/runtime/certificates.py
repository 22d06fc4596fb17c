"""The certificate by which the server speaks https."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from geo.errors import GridwardenError


class CertificateError(GridwardenError):
    """The server cannot speak https with the files that were named."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with the chain above it, and its key, as PEM files."""

    chain: Path
    key: Path


def read_certificate(chain: Path | None, key: Path | None) -> Certificate | None:
    """Return a certificate that the server can use, or None where neither file is named.

    Raises `CertificateError` when one is named without the other, a file cannot be read or holds no
    PEM, the key has a password, or the two do not belong together.
    """
    if chain is None and key is None:
        return None
    if chain is None or key is None:
        raise CertificateError(
            "certificate_half", what_to_do="Give both --tls-cert and --tls-key, or neither."
        )
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise CertificateError(
            "certificate_unusable",
            seen=f"{chain}, {key}",
            reason=getattr(error, "reason", None) or error.strerror or type(error).__name__,
            what_to_do="Name a certificate and its own key without a password, both as PEM files.",
        ) from error
    return Certificate(chain.absolute(), key.absolute())
