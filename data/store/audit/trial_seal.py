"""The seal of a field trial: the SHA-256 of its protocol, and an HMAC of it under the log's key.

Both are kept in the trial's row and in the audit line about its sealing.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from data.store.audit.chain import seal_with


def text_of_protocol(protocol: Mapping[str, Any]) -> str:
    """Return a protocol as the JSON that its hash is of: a file of just this has the hash."""
    return json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_protocol(protocol: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a protocol's text in UTF-8, in hex."""
    return hashlib.sha256(text_of_protocol(protocol).encode()).hexdigest()


def seal_trial(key: bytes, trial_id: str, sha256: str) -> str:
    """Return the seal of a trial whose protocol has this hash."""
    return seal_with(key, "trial", trial_id, sha256)
