"""The address by which a buyer reaches his hand-over: its secret follows from the case and the house's key.

So the database, or a copy of it, gives nobody the address, and a message that waits holds none either.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from kernel.vault import Vault

_NAME_BYTES, _SEAL_BYTES = 16, 16


def move_in_token(vault: Vault, case_id: str) -> str:
    """The secret part of a buyer's address."""
    name = UUID(case_id).bytes
    return base64.urlsafe_b64encode(name + _seal(vault, name)).decode().rstrip("=")


def case_of_token(vault: Vault, token: str) -> str | None:
    """The case of an address, or None for one that is none of ours."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    name, seal = content[:_NAME_BYTES], content[_NAME_BYTES:]
    if len(name) != _NAME_BYTES or not hmac.compare_digest(seal, _seal(vault, name)):
        return None
    return str(UUID(bytes=name))


def _seal(vault: Vault, name: bytes) -> bytes:
    return hmac.new(vault.signing, b"move in:" + name, hashlib.sha256).digest()[:_SEAL_BYTES]
