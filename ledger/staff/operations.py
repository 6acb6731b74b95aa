"""Managing staff: accounts, roles, resets, leavers.

Who manages somebody must hold ``staff:manage`` over every node where that person has a role, so that a city's
administrator cannot take over an account of the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import ROOT, Actor
from kernel.clock import Clock, business_date
from kernel.errors import NotAllowed
from kernel.facts import Fact, tell
from kernel.vault import vault_of
from ledger.customers.phones import normalise_phone
from ledger.organisation.queries import get_node
from ledger.scope import paths_above
from ledger.staff.errors import LastAdministrator, RoleInvalid, StaffInvalid, StaffMissing
from ledger.staff.models import ApiToken, Staff, StaffRole
from ledger.staff.passwords import check_new_password, hash_password, temporary_password
from ledger.staff.permissions import Permission
from ledger.staff.queries import find_by_username, role_history, roles_of
from ledger.staff.roles import ROLES

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class StaffLeft(Fact):
    """An account was closed; the work it holds has to go to others."""

    staff_id: str


@dataclass(frozen=True)
class RoleEnded(Fact):
    """Somebody holds a role at a node no more; what waits there or below may have nobody now."""

    role: str
    path: str


@dataclass(frozen=True)
class RoleGiven(Fact):
    """Somebody was given a role at a node; whatever waited there for want of anybody may go on."""

    role: str
    path: str


def add_staff(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    username: str,
    display_name: str,
    password: str,
    email: str | None = None,
    phone: str | None = None,
    language: str = "zh",
    roles: Iterable[tuple[str, str]] = (),
    must_change_password: bool = True,
) -> Staff:
    """Open an account with its roles, given as (role, path).

    Raises `StaffInvalid`, `PhoneInvalid`, `PasswordRefused`, `RoleInvalid`.
    """
    if not actor.may_anywhere(Permission.STAFF_MANAGE):
        raise NotAllowed("permission_missing", permission=Permission.STAFF_MANAGE.value)
    username = username.strip().lower()
    _check_account(session, username, display_name, language)
    check_new_password(password, username=username)
    vault = vault_of(session)
    key = vault.new_data_key()
    staff = Staff(
        username=username,
        display_name=display_name.strip(),
        password_hash=hash_password(password),
        data_key=key,
        email_sealed=vault.encrypt(key, email.strip()) if email else None,
        phone_sealed=vault.encrypt(key, normalise_phone(phone)) if phone else None,
        language=language,
        must_change_password=must_change_password,
        created_at=clock.now(),
    )
    session.add(staff)
    session.flush()  # The roles refer to the account's id.
    audit.record(session, actor, clock, "staff:add", "staff", staff.id, after={"username": username})
    for role, path in roles:
        grant_role(session, actor, clock, staff_id=staff.id, role=role, path=path)
    return staff


def _check_account(session: Session, username: str, display_name: str, language: str) -> None:
    if not _USERNAME.fullmatch(username):
        raise StaffInvalid("username_malformed", field="username")
    if not display_name.strip():
        raise StaffInvalid("name_empty", field="display_name")
    if language not in LANGUAGES:
        raise StaffInvalid("language_unknown", field="language", languages=list(LANGUAGES))
    if find_by_username(session, username) is not None:
        raise StaffInvalid("username_taken", field="username")


def grant_role(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    staff_id: str,
    role: str,
    path: str,
    from_date: date | None = None,
    to_date: date | None = None,
) -> StaffRole:
    """Give a role at a node and below, from a day (today) to a day (open), both inclusive.

    The same role held there already is returned unchanged. Raises `RoleInvalid`, `NodeMissing`, `StaffMissing`.
    """
    actor.require(Permission.STAFF_MANAGE, path)
    staff = manageable(session, actor, clock, staff_id)
    if role not in ROLES:
        raise RoleInvalid("role_unknown", field="role", role=role)
    from_date = from_date or business_date(clock)
    if to_date is not None and to_date < from_date:
        raise RoleInvalid("role_dates_reversed", field="to_date", from_date=from_date, to_date=to_date)
    for held in roles_of(session, staff.id, from_date):
        if (held.role, held.path, held.to_date) == (role, path, to_date):
            return held
    node_id = None if path == ROOT else get_node(session, path).id
    held = StaffRole(
        staff_id=staff.id, role=role, node_id=node_id, path=path, from_date=from_date, to_date=to_date
    )
    session.add(held)
    session.flush()  # Later queries of this transaction must see the role.
    after = {"role": role, "from": from_date.isoformat(), "to": to_date.isoformat() if to_date else None}
    audit.record(session, actor, clock, "staff:grant_role", "staff", staff.id, path=path, after=after)
    tell(session, RoleGiven(role, path))
    return held


def revoke_role(
    session: Session, actor: Actor, clock: Clock, *, staff_role_id: str, reason: str = ""
) -> StaffRole:
    """End a role as of today. Raises `StaffMissing`, `LastAdministrator`."""
    held = session.get(StaffRole, staff_role_id)
    if held is None:
        raise StaffMissing(id=staff_role_id)
    actor.require(Permission.STAFF_MANAGE, held.path)
    today = business_date(clock)
    if held.to_date is not None and held.to_date < today:
        return held
    if held.role == "administrator":
        _keep_an_administrator(session, held.staff_id, held.path, today)
    held.to_date = today - timedelta(days=1)
    session.flush()  # Later queries of this transaction must not see the role.
    audit.record(
        session,
        actor,
        clock,
        "staff:revoke_role",
        "staff",
        held.staff_id,
        path=held.path,
        before={"role": held.role},
        reason=reason or None,
    )
    tell(session, RoleEnded(held.role, held.path))
    return held


def reset_password(session: Session, actor: Actor, clock: Clock, *, staff_id: str) -> str:
    """Give a temporary password that the person must change; open sign-ins, API tokens and a lock end."""
    staff = manageable(session, actor, clock, staff_id)
    password = temporary_password()
    staff.password_hash = hash_password(password)
    staff.must_change_password = True
    staff.failed_attempts, staff.locked_until = 0, None
    staff.sign_in_epoch += 1
    _revoke_tokens(session, clock, staff.id)
    audit.record(session, actor, clock, "staff:reset_password", "staff", staff.id)
    return password


def deactivate_staff(session: Session, actor: Actor, clock: Clock, *, staff_id: str, reason: str) -> Staff:
    """Close a leaver's account (离职): sign-ins end, tokens are revoked, roles end, `StaffLeft` is told.

    Raises `StaffInvalid` for one's own account, `LastAdministrator`, `StaffMissing`.
    """
    staff = manageable(session, actor, clock, staff_id)
    if staff.id == actor.id:
        raise StaffInvalid("own_account", field="staff_id")
    if not staff.active:
        return staff
    today = business_date(clock)
    for held in roles_of(session, staff.id, today):
        if held.role == "administrator":
            _keep_an_administrator(session, staff.id, held.path, today)
        held.to_date = today - timedelta(days=1)
        tell(session, RoleEnded(held.role, held.path))
    staff.active, staff.left_at = False, clock.now()
    staff.sign_in_epoch += 1
    _revoke_tokens(session, clock, staff.id)
    audit.record(session, actor, clock, "staff:deactivate", "staff", staff.id, reason=reason)
    tell(session, StaffLeft(staff.id))
    return staff


def _revoke_tokens(session: Session, clock: Clock, staff_id: str) -> None:
    still_open = update(ApiToken).where(ApiToken.staff_id == staff_id, ApiToken.revoked_at.is_(None))
    session.execute(still_open.values(revoked_at=clock.now()))


def set_language(session: Session, actor: Actor, *, language: str) -> None:
    """Remember the actor's own language for the next sign-in and for messages."""
    if language not in LANGUAGES:
        raise StaffInvalid("language_unknown", field="language", languages=list(LANGUAGES))
    if staff := session.get(Staff, actor.id):
        staff.language = language


def manageable(session: Session, actor: Actor, clock: Clock, staff_id: str) -> Staff:
    """Somebody whom the actor may manage. Raises `StaffMissing`, `NotAllowed`."""
    staff = session.get(Staff, staff_id)
    if staff is None:
        raise StaffMissing(id=staff_id)
    today = business_date(clock)
    # A role that begins tomorrow counts today: who resets the password now would hold it then.
    held = [one for one in role_history(session, staff.id) if one.to_date is None or one.to_date >= today]
    for path in {one.path for one in held}:
        actor.require(Permission.STAFF_MANAGE, path)
    if not actor.may_anywhere(Permission.STAFF_MANAGE):
        raise NotAllowed("permission_missing", permission=Permission.STAFF_MANAGE.value)
    return staff


def _keep_an_administrator(session: Session, leaving: str, path: str, on: date) -> None:
    """Somebody else must still administrate at ``path`` or above it."""
    others = (
        select(func.count())
        .select_from(StaffRole)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(
            StaffRole.role == "administrator",
            StaffRole.staff_id != leaving,
            StaffRole.path.in_(paths_above(path)),
            Staff.active,
            StaffRole.from_date <= on,
            StaffRole.to_date.is_(None),
        )
    )
    if not session.scalar(others):
        raise LastAdministrator(field="staff_id", path=path)
