"""A customer's encrypted values: written under the customer's own key, found by keyed fingerprints."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.errors import KeyturnError
from kernel.vault import vault_of
from ledger.customers.models import Customer, CustomerKey, CustomerPhone

_TAIL = 4


class CustomerErased(KeyturnError):
    """The customer's key was destroyed; nothing personal can be written or read any more."""

    code = "customer_erased"


def keys_of(session: Session, customer_ids: Iterable[str]) -> dict[str, bytes | None]:
    """The wrapped keys of several customers in one query; None where the key was destroyed."""
    query = select(CustomerKey.customer_id, CustomerKey.wrapped).where(
        CustomerKey.customer_id.in_(set(customer_ids))
    )
    return {row.customer_id: row.wrapped for row in session.execute(query)}


def unseal(session: Session, wrapped: bytes | None, sealed: bytes | None) -> str | None:
    """The clear value, or None where there is none or the key was destroyed."""
    if wrapped is None or sealed is None:
        return None
    return vault_of(session).decrypt(wrapped, sealed)


def seal(session: Session, customer_id: str, text: str | None) -> bytes | None:
    """The value encrypted under the customer's key. Raises `CustomerErased`."""
    if text is None:
        return None
    wrapped = keys_of(session, [customer_id]).get(customer_id)
    if wrapped is None:
        raise CustomerErased(id=customer_id)
    return vault_of(session).encrypt(wrapped, text)


def new_key(session: Session, customer_id: str) -> None:
    """Give a new customer a data key of their own."""
    session.add(CustomerKey(customer_id=customer_id, wrapped=vault_of(session).new_data_key()))
    session.flush()  # What is sealed next asks for the key.


def put_id(session: Session, customer: Customer, id_type: str | None, number: str | None) -> None:
    """Set the ID paper with its fingerprints."""
    customer.id_type = id_type if number is not None else None
    customer.id_sealed = seal(session, customer.id, number)
    customer.id_index = id_index(session, id_type, number) if id_type and number else None
    customer.id_tail_index = id_tail_index(session, number) if number else None


def put_birth(session: Session, customer: Customer, born: date | None) -> None:
    """Set the birth date with its fingerprint."""
    customer.birth_sealed = seal(session, customer.id, born.isoformat() if born else None)
    customer.birth_index = birth_index(session, born) if born else None


def new_phone(session: Session, customer_id: str, e164: str, *, main: bool, label: str) -> CustomerPhone:
    """A phone row with its fingerprints, not yet added to the session."""
    sealed = seal(session, customer_id, e164)
    assert sealed is not None  # noqa: S101 - a text always seals to something
    return CustomerPhone(
        customer_id=customer_id,
        sealed=sealed,
        index=phone_index(session, e164),
        tail_index=phone_tail_index(session, e164),
        main=main,
        label=label,
    )


def id_index(session: Session, id_type: str, number: str) -> str:
    """The fingerprint of an ID paper."""
    return vault_of(session).index("customer_id", f"{id_type}:{number}")


def id_tail_index(session: Session, number: str) -> str:
    """The fingerprint of the last four signs of an ID number."""
    return vault_of(session).index("customer_id_tail", number[-_TAIL:])


def birth_index(session: Session, born: date) -> str:
    """The fingerprint of a birth date."""
    return vault_of(session).index("customer_birth", born.isoformat())


def phone_index(session: Session, e164: str) -> str:
    """The fingerprint of a phone number in E.164 form."""
    return vault_of(session).index("customer_phone", e164)


def phone_tail_index(session: Session, digits: str) -> str:
    """The fingerprint of the last four digits of a phone number."""
    return vault_of(session).index("customer_phone_tail", digits[-_TAIL:])
