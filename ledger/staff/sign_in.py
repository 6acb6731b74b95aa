"""Signing in (登录) and changing one's password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from ledger.staff.errors import PasswordRefused, StaffMissing
from ledger.staff.models import Staff
from ledger.staff.passwords import check_new_password, fits, hash_password, wait_after


@dataclass(frozen=True)
class StaffSignIn:
    """Who signed in; ``epoch`` goes into the cookie and must still be the account's at each request."""

    staff_id: str
    display_name: str
    language: str
    must_change_password: bool
    epoch: int


@dataclass(frozen=True)
class SignInRefused:
    """Why not: ``wrong`` name or password (not told apart), or ``locked`` until ``retry_at`` (UTC)."""

    reason: Literal["wrong", "locked"]
    retry_at: datetime | None = None


def sign_in(session: Session, clock: Clock, *, username: str, password: str) -> StaffSignIn | SignInRefused:
    """Check a user name and password.

    Returns the refusal instead of raising it, because the count of wrong passwords has to be committed. A locked
    account is not even checked, and its refusals do not lengthen the wait.
    """
    rule = Staff.username == username.strip().lower()
    staff = session.scalars(select(Staff).where(rule, Staff.active).with_for_update()).one_or_none()
    if staff is not None and staff.locked_until is not None and clock.now() < staff.locked_until:
        return SignInRefused("locked", staff.locked_until)
    right = fits(staff.password_hash if staff else None, password)
    if staff is None:
        return SignInRefused("wrong")
    if not right:
        return _refuse(session, clock, staff)
    staff.failed_attempts, staff.locked_until = 0, None
    staff.last_sign_in_at = clock.now()
    audit.record(session, Actor(staff.id, staff.display_name), clock, "staff:sign_in", "staff", staff.id)
    return StaffSignIn(
        staff.id, staff.display_name, staff.language, staff.must_change_password, staff.sign_in_epoch
    )


def _refuse(session: Session, clock: Clock, staff: Staff) -> SignInRefused:
    staff.failed_attempts += 1
    wait = wait_after(staff.failed_attempts)
    staff.locked_until = clock.now() + wait if wait else None
    after = {"failed_attempts": staff.failed_attempts}
    audit.record(session, SYSTEM, clock, "staff:sign_in_refused", "staff", staff.id, after=after)
    return SignInRefused("locked", staff.locked_until) if wait else SignInRefused("wrong")


def change_password(session: Session, actor: Actor, clock: Clock, *, old: str, new: str) -> Staff:
    """Change one's own password; every other open sign-in of the account ends.

    Raises `PasswordRefused` naming the field, `StaffMissing` for an account that is gone.
    """
    staff = session.get(Staff, actor.id, with_for_update=True)
    if staff is None or not staff.active:
        raise StaffMissing(id=actor.id)
    if not fits(staff.password_hash, old):
        raise PasswordRefused("password_wrong", field="old")
    check_new_password(new, username=staff.username, field="new")
    if old == new:
        raise PasswordRefused("password_unchanged", field="new")
    staff.password_hash = hash_password(new)
    staff.must_change_password = False
    staff.sign_in_epoch += 1
    audit.record(session, actor, clock, "staff:change_password", "staff", staff.id)
    return staff
