"""Customers' key data under review: name, ID paper, birth date, phones."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.customers.access import reach
from ledger.customers.details import Details
from ledger.customers.errors import PhoneMissing
from ledger.customers.masking import mask_id, mask_phone
from ledger.customers.models import Customer, CustomerPhone
from ledger.customers.operations import edit_customer
from ledger.customers.phone_operations import add_phone, remove_phone, set_main_phone
from ledger.customers.phones import normalise_phone, show_phone
from ledger.customers.sealing import keys_of, phone_index, unseal
from ledger.reviews.errors import ChangeInvalid
from ledger.reviews.marks import customer_is_marked
from ledger.reviews.reviewable import Order, Place, Values
from ledger.staff.permissions import Permission

PAPER = ("name", "id_type", "id_no", "birth_date")
PHONES = ("phone_added", "phone_label", "main_phone", "phone_removed")


class Customers:
    """A customer; ``phone_added`` and ``phone_removed`` hold the number once it was added or removed."""

    kind = "customers"
    review = Permission.CUSTOMERS_REVIEW
    views = (Permission.CUSTOMERS_VIEW,)

    def place(self, session: Session, actor: Actor, record_id: str) -> Place:
        """The project of the first contact."""
        return Place(reach(session, actor, record_id, Permission.CUSTOMERS_EDIT).path, record_id)

    def is_marked(self, session: Session, clock: Clock, record_id: str, path: str) -> bool:
        """As the node says: of everybody, or of buyers."""
        return customer_is_marked(session, clock, session.get_one(Customer, record_id))

    def current(self, session: Session, record_id: str, values: Values) -> dict[str, Any]:
        """The fields as they stand, in the clear."""
        customer = session.get_one(Customer, record_id)
        wrapped = keys_of(session, [record_id]).get(record_id)
        phones = _phones(session, record_id, wrapped)
        found: dict[str, Any] = {
            "name": customer.name,
            "id_type": customer.id_type,
            "id_no": unseal(session, wrapped, customer.id_sealed),
            "birth_date": unseal(session, wrapped, customer.birth_sealed),
            "main_phone": next((number for number, phone in phones.items() if phone.main), None),
            "phone_label": None,
        }
        if added := values.get("phone_added"):
            number = normalise_phone(added)
            phone = phones.get(number)
            found |= {
                "phone_added": number if phone else None,
                "phone_label": phone.label or None if phone else None,
            }
        if removed := values.get("phone_removed"):
            number = normalise_phone(removed)
            found["phone_removed"] = None if number in phones else number
        return {name: found.get(name) for name in values}

    def apply(self, order: Order, record_id: str, values: Values) -> None:
        """Edit the record, then its phones. Raises `ChangeInvalid` for a field that is not under review."""
        if unknown := sorted(set(values) - {*PAPER, *PHONES}):
            raise ChangeInvalid("change_field_unknown", field=unknown[0])
        act = (order.session, order.proposer, order.clock)
        details: dict[str, Any] = {name: values[name] for name in PAPER if name in values}
        if isinstance(details.get("birth_date"), str):
            details["birth_date"] = _day(details["birth_date"])
        if details:
            edit_customer(
                *act,
                customer_id=record_id,
                changes=cast(Details, details),
                reason=order.reason,
                confirmed=order.confirmed,
            )
        self._apply_phones(order, record_id, values)

    def _apply_phones(self, order: Order, record_id: str, values: Values) -> None:
        act = (order.session, order.proposer, order.clock)
        added, main, removed = (values.get(name) for name in ("phone_added", "main_phone", "phone_removed"))
        if added:
            label = str(values.get("phone_label") or "")
            add_phone(*act, customer_id=record_id, phone=added, label=label, confirmed=order.confirmed)
        if main:
            phone = _find(order.session, record_id, main)
            set_main_phone(*act, customer_id=record_id, phone_id=phone.id, reason=order.reason)
        if removed:
            remove_phone(*act, customer_id=record_id, phone_id=_find(order.session, record_id, removed).id)

    def shown(self, field: str, value: Any) -> Any:
        """Numbers masked as in the ledger, of a birth date the year."""
        if not isinstance(value, str) or field in ("name", "id_type", "phone_label"):
            return value
        if field == "birth_date":
            return value[:4]
        return mask_id(value) if field == "id_no" else mask_phone(show_phone(value))

    def subject(self, session: Session, record_id: str, language: str) -> str:
        """Nothing: the customer stands in a column of its own, which is shown to who may see customers."""
        return ""


def number_of(session: Session, customer_id: str, phone_id: str) -> str:
    """A phone's number in E.164 form, to propose what becomes of it. Raises `PhoneMissing`."""
    wrapped = keys_of(session, [customer_id]).get(customer_id)
    for number, phone in _phones(session, customer_id, wrapped).items():
        if phone.id == phone_id:
            return number
    raise PhoneMissing(id=phone_id)


def _phones(session: Session, customer_id: str, wrapped: bytes | None) -> dict[str, CustomerPhone]:
    rows = session.scalars(select(CustomerPhone).where(CustomerPhone.customer_id == customer_id))
    return {number: row for row in rows if (number := unseal(session, wrapped, row.sealed))}


def _find(session: Session, customer_id: str, number: str) -> CustomerPhone:
    index = phone_index(session, normalise_phone(number))
    rule = (CustomerPhone.customer_id == customer_id) & (CustomerPhone.index == index)
    found = session.scalars(select(CustomerPhone).where(rule)).one_or_none()
    if found is None:
        raise PhoneMissing(field="main_phone")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise ChangeInvalid("not_a_date", field="birth_date") from wrong
