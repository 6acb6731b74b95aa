"""Where messages to somebody go: mail address and phone number, sealed under a key of their own."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.vault import vault_of
from ledger.customers.phones import normalise_phone
from ledger.staff.errors import StaffInvalid
from ledger.staff.models import Staff
from ledger.staff.operations import manageable

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
LONGEST = 200


def set_addresses(
    session: Session, actor: Actor, clock: Clock, *, staff_id: str, email: str = "", phone: str = ""
) -> Staff:
    """Correct somebody's addresses; what is left empty stays as it is. Nothing of them is written to the audit.

    Raises `StaffMissing`, `NotAllowed`, `StaffInvalid` and `PhoneInvalid` naming the field.
    """
    staff = manageable(session, actor, clock, staff_id)
    email, phone = email.strip(), phone.strip()
    if not email and not phone:
        raise StaffInvalid("addresses_empty", field="email")
    if email and (len(email) > LONGEST or not _MAIL.fullmatch(email)):
        raise StaffInvalid("email_malformed", field="email")
    number = normalise_phone(phone) if phone else ""
    vault = vault_of(session)
    if email:
        staff.email_sealed = vault.encrypt(staff.data_key, email)
    if number:
        staff.phone_sealed = vault.encrypt(staff.data_key, number)
    changed = [name for name, value in (("email", email), ("phone", number)) if value]
    audit.record(session, actor, clock, "staff:set_addresses", "staff", staff.id, after={"changed": changed})
    return staff
