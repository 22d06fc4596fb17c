"""Keyed digests of many texts are those of the standard library."""

import hmac

import pytest

from data.privacy.keyed_digests import keyed_digests

TEXTS = (b"", b"13800005678", "示例".encode(), b"x" * 200)


@pytest.mark.parametrize("length", [0, 1, 32, 63, 64, 65, 200])
@pytest.mark.parametrize("prefix", [b"", b"random|"])
def test_a_key_of_any_length_makes_an_hmac(length: int, prefix: bytes) -> None:
    key = bytes(range(length))
    expected = [hmac.digest(key, prefix + text, "sha256") for text in TEXTS]
    assert keyed_digests(key, TEXTS, prefix=prefix) == expected
