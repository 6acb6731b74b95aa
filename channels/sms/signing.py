"""How a request to the gateway is signed: what was sent, under which key and when, by whoever knows the secret."""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "Keyturn-Signature"
LASTS_SECONDS = 300
_SIGNED = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(secret: str, at: int, key: str, body: bytes) -> str:
    """The header's value; ``at`` is in seconds since 1970."""
    return f"t={at},v1={_seal(secret, at, key, body)}"


def is_signed(secret: str, said: str, key: str, body: bytes, *, now: int) -> bool:
    """Whether a request was signed with the secret a few minutes ago at most."""
    found = _SIGNED.fullmatch(said)
    if found is None or abs(now - int(found[1])) > LASTS_SECONDS:
        return False
    return hmac.compare_digest(_seal(secret, int(found[1]), key, body), found[2])


def _seal(secret: str, at: int, key: str, body: bytes) -> str:
    return hmac.new(secret.encode(), b".".join((str(at).encode(), key.encode(), body)), hashlib.sha256).hexdigest()
