"""Encryption at rest: a master key wraps one data key per person; a keyed index finds values without reading them.

Destroying a person's data key erases what was encrypted under it, though not in older backups.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

_NONCE = 12


class VaultError(Exception):
    """A key is missing, damaged or does not fit the ciphertext."""


@dataclass(frozen=True)
class Vault:
    """The master keys. ``wrapping`` encrypts data keys, ``indexing`` keys the look-up index."""

    wrapping: bytes = field(repr=False)
    indexing: bytes = field(repr=False)
    signing: bytes = field(repr=False)

    def new_data_key(self) -> bytes:
        """A fresh data key, wrapped, ready to be stored."""
        return _seal(self.wrapping, AESGCM.generate_key(256))

    def encrypt(self, wrapped_key: bytes, text: str) -> bytes:
        """Encrypt a text under a person's data key."""
        return _seal(_open(self.wrapping, wrapped_key), text.encode())

    def decrypt(self, wrapped_key: bytes, sealed: bytes) -> str:
        """Decrypt; raises `VaultError` if the key was destroyed or does not fit."""
        return _open(_open(self.wrapping, wrapped_key), sealed).decode()

    def encrypt_bytes(self, wrapped_key: bytes, content: bytes) -> bytes:
        """Encrypt a file's content under a data key."""
        return _seal(_open(self.wrapping, wrapped_key), content)

    def decrypt_bytes(self, wrapped_key: bytes, sealed: bytes) -> bytes:
        """Decrypt a file's content; raises `VaultError` if the key was destroyed or does not fit."""
        return _open(_open(self.wrapping, wrapped_key), sealed)

    def index(self, kind: str, text: str) -> str:
        """A keyed fingerprint of a normalised value, for equality look-up and uniqueness."""
        return hmac.new(self.indexing, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()

    def save(self, path: Path) -> None:
        """Write the keys to a file that only its owner can read; refuses to overwrite."""
        names = ("wrapping", "indexing", "signing")
        text = json.dumps({n: base64.b64encode(getattr(self, n)).decode() for n in names})
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)


def new_vault() -> Vault:
    """A vault with fresh master keys."""
    return Vault(*(secrets.token_bytes(32) for _ in range(3)))


def load_vault(path: Path) -> Vault:
    """Read the master keys; raises `VaultError` when the file is missing or damaged."""
    try:
        keys = json.loads(path.read_text())
        return Vault(*(base64.b64decode(keys[n]) for n in ("wrapping", "indexing", "signing")))
    except (OSError, ValueError, KeyError) as problem:
        raise VaultError("the key file is missing or damaged") from problem


def vault_of(session: Session) -> Vault:
    """The vault a session carries."""
    vault: Vault = session.info["vault"]
    return vault


def _seal(key: bytes, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def _open(key: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    except (InvalidTag, ValueError) as problem:
        raise VaultError("the key does not fit") from problem
