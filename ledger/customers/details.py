"""What a customer's record may hold: the fields people type, checked one by one."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TypedDict

from ledger.customers.errors import CustomerInvalid, IdentityInvalid
from ledger.customers.identity import birth_date_in, check_identity

GRADES = ("A", "B", "C", "D")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Details(TypedDict, total=False):
    """Fields of a customer; a key left out is left alone, None empties what may be empty."""

    name: str
    id_type: str | None
    id_no: str | None
    birth_date: date | None
    email: str | None
    address: str | None
    contact_person: str | None
    source: str | None
    grade: str | None
    language: str


def check_name(name: str) -> str:
    """The name without blanks around it. Raises `CustomerInvalid`."""
    name = " ".join(name.split())
    if not name:
        raise CustomerInvalid("name_empty", field="name")
    if any(unicodedata.category(sign) == "Cc" for sign in name):
        raise CustomerInvalid("name_malformed", field="name")
    if len(name) > 100:
        raise CustomerInvalid("name_too_long", field="name", maximum=100)
    return name


def check_email(address: str | None) -> str | None:
    """The e-mail address, or None when it is empty. Raises `CustomerInvalid`."""
    address = (address or "").strip() or None
    if address is not None and not _EMAIL.fullmatch(address):
        raise CustomerInvalid("email_malformed", field="email")
    return address


def check_grade(grade: str | None) -> str | None:
    """The grade A to D, or None. Raises `CustomerInvalid`."""
    if grade is not None and grade not in GRADES:
        raise CustomerInvalid("grade_unknown", field="grade", grades=list(GRADES))
    return grade


def check_paper(
    id_type: str | None, id_no: str | None, *, kind: str, born: date | None, today: date
) -> tuple[str | None, date | None]:
    """The normalised ID number and the birth date, which the resident number itself gives.

    Raises `IdentityInvalid`, also when a birth date was typed that the number contradicts.
    """
    if born is not None and born > today:
        raise CustomerInvalid("birth_date_in_future", field="birth_date")
    if not (id_no or "").strip():
        return None, born
    if id_type is None:
        raise IdentityInvalid("id_type_missing", field="id_type")
    number = check_identity(id_type, id_no or "", kind=kind, today=today)
    written = birth_date_in(id_type, number)
    if born is not None and written is not None and born != written:
        raise IdentityInvalid("birth_date_differs_from_id", field="birth_date", id_type=id_type)
    return number, written or born
