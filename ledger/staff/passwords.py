"""Passwords: argon2id hashes, what a new one must be, and how long a guesser has to wait.

A wrong password is free a few times; then each further one doubles the wait, up to an hour, so that a forgetful
person waits seconds and a guesser gets a few hundred tries a month.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ledger.staff.errors import PasswordRefused

MINIMUM_LENGTH = 10
_MAXIMUM_LENGTH = 200
_FREE_FAILURES = 4
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_hasher = PasswordHasher()
# Checked for names that do not exist, so that the time taken does not tell.
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether a password belongs to a stored hash; takes as long when there is none."""
    try:
        return _hasher.verify(stored or _NOBODY, password[:_MAXIMUM_LENGTH]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def check_new_password(password: str, *, username: str, field: str = "password") -> None:
    """Raise `PasswordRefused` unless it is long enough, not one repeated pattern, and not the user name."""
    if len(password) < MINIMUM_LENGTH:
        raise PasswordRefused("password_too_short", field=field, minimum=MINIMUM_LENGTH)
    if len(password) > _MAXIMUM_LENGTH:
        raise PasswordRefused("password_too_long", field=field, maximum=_MAXIMUM_LENGTH)
    if len(set(password)) < 5 or username.lower() in password.lower():
        raise PasswordRefused("password_too_simple", field=field)


def temporary_password() -> str:
    """A random password that can be read out: three groups of four without look-alike signs."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def wait_after(failures: int) -> timedelta | None:
    """How long an account stays locked after so many wrong passwords in a row; None while they are free."""
    if failures <= _FREE_FAILURES:
        return None
    doublings = min(failures - _FREE_FAILURES - 1, 12)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)
