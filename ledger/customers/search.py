"""Finding a customer by what is at hand: part of the name, pinyin, a phone or its tail, an ID number or its tail.

Numbers are encrypted, so they are found by keyed fingerprints: whole ones at once; a tail by its last four signs,
and what a longer tail says beyond them is compared after decryption.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.identity import ID_TYPES, normalise_id
from ledger.customers.models import Customer, CustomerNameTerm, CustomerPhone
from ledger.customers.phones import find_normalised
from ledger.customers.rows import CustomerRow, rows_of
from ledger.customers.sealing import id_index, id_tail_index, keys_of, phone_index, phone_tail_index, unseal
from ledger.scope import scoped
from ledger.staff.permissions import Permission

SHORTEST_TAIL = 4
_WHOLE_ID = 15
_MOST_CANDIDATES = 500
_NAME_AND_NUMBER = re.compile(r"(?P<name>[^0-9]+)\s(?P<number>[0-9]{4,}[xX]?)")
_SPACES = re.compile(r"[\s\-]")


def search(session: Session, actor: Actor, text: str, limit: int = 20) -> list[CustomerRow]:
    """The customers in the actor's scope that ``text`` may mean, names that begin with it first.

    Digits: at least four, the end of a phone or ID number, or a whole one. Latin letters: the beginning of the
    name in pinyin (``zs``, ``zhangsan``) or a part of a Latin name. Anything else: a part of the name. A name and
    digits with a blank between them (``张 5678``) have to fit both.
    """
    text = unicodedata.normalize("NFKC", text.replace("\x00", "")).strip()
    compact = _SPACES.sub("", text).lower()
    if not compact:
        return []
    if re.fullmatch(r"\+?[0-9()]+x?", compact):
        return _by_number(session, actor, compact.strip("()"), limit)
    if both := _NAME_AND_NUMBER.fullmatch(text):
        name = both["name"].strip()
        return _by_number(session, actor, both["number"], limit, _name_rule(name, _SPACES.sub("", name).lower()))
    rule = _name_rule(text, compact)
    if re.search("[0-9]", compact) and re.fullmatch("[a-z0-9]+", compact):
        rule = or_(rule, Customer.id_index.in_(_id_indexes(session, compact)))
    return rows_of(session, _found(session, actor, rule, text, limit))


def _name_rule(text: str, compact: str) -> ColumnElement[bool]:
    part = Customer.name.icontains(text, autoescape=True)
    if not re.fullmatch("[a-z0-9']+", compact):
        return part
    begin = compact.replace("'", "")
    # Terms are letters and digits sorted by bytes, so a range finds those that begin so, through the index.
    spelled = select(CustomerNameTerm.customer_id).where(
        CustomerNameTerm.term >= begin, CustomerNameTerm.term < begin + "\x7f"
    )
    return or_(part, Customer.id.in_(spelled))


def _found(session: Session, actor: Actor, rule: ColumnElement[bool], text: str, limit: int) -> list[Customer]:
    first = case((Customer.name == text, 0), (Customer.name.startswith(text, autoescape=True), 1), else_=2)
    query = scoped(actor, Customer, Permission.CUSTOMERS_VIEW).where(rule)
    return list(session.scalars(query.order_by(first, Customer.name, Customer.id).limit(limit)))


def _by_number(
    session: Session, actor: Actor, digits: str, limit: int, also: ColumnElement[bool] | None = None
) -> list[CustomerRow]:
    digits = digits.upper()
    tail = digits.lstrip("+")
    if len(tail) < SHORTEST_TAIL:
        return []
    if len(tail) >= _WHOLE_ID:
        return rows_of(
            session, _found(session, actor, Customer.id_index.in_(_id_indexes(session, tail)), tail, limit)
        )
    phones = [CustomerPhone.tail_index == phone_tail_index(session, tail)]
    if whole := find_normalised(digits):
        phones.append(CustomerPhone.index == phone_index(session, whole))
    rule = or_(
        Customer.id.in_(select(CustomerPhone.customer_id).where(or_(*phones))),
        Customer.id_tail_index == id_tail_index(session, tail),
    )
    if also is not None:
        rule = and_(rule, also)
    candidates = _found(session, actor, rule, digits, _MOST_CANDIDATES)
    return rows_of(session, _ending_with(session, candidates, tail, whole)[:limit])


def _ending_with(session: Session, customers: list[Customer], tail: str, whole: str | None) -> list[Customer]:
    """Those of the candidates that have a number which ends with the tail, or is the whole one."""
    if len(tail) == SHORTEST_TAIL:
        return customers
    ids = [customer.id for customer in customers]
    keys = keys_of(session, ids)
    matching = set()
    for phone in session.scalars(select(CustomerPhone).where(CustomerPhone.customer_id.in_(ids))):
        number = unseal(session, keys.get(phone.customer_id), phone.sealed) or ""
        if number == whole or number.endswith(tail):
            matching.add(phone.customer_id)
    for customer in customers:
        if (unseal(session, keys.get(customer.id), customer.id_sealed) or "").endswith(tail):
            matching.add(customer.id)
    return [customer for customer in customers if customer.id in matching]


def _id_indexes(session: Session, text: str) -> list[str]:
    return [id_index(session, id_type, normalise_id(text)) for id_type in ID_TYPES]
