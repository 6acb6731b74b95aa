"""ID papers (证件): which types there are and what a number of each must look like.

Sources: the resident identity number and its check digit, GB 11643-1999; the unified social credit code of firms
and its check sign, GB 32100-2015.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ledger.customers.errors import IdentityInvalid

# Mainland provinces; 71 Taiwan, 81 and 82 Hong Kong and Macao, 83 residence permits of Taiwan people.
_REGION = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_OLDEST = date(1890, 1, 1)


@dataclass(frozen=True)
class IdType:
    """A type of ID paper: names, whose it is, and the check of its number."""

    code: str
    name: str
    name_zh: str
    kinds: frozenset[str]
    check: Callable[[str, date], None]


def normalise_id(text: str) -> str:
    """The number in capitals and half-width signs, without blanks and dashes."""
    return re.sub(r"[\s\-‐–—]", "", unicodedata.normalize("NFKC", text)).upper()


def check_identity(id_type: str, text: str, *, kind: str, today: date) -> str:
    """The normalised number. Raises `IdentityInvalid` naming the field when type or number do not fit."""
    known = ID_TYPES.get(id_type)
    if known is None or kind not in known.kinds:
        allowed = [one.code for one in ID_TYPES.values() if kind in one.kinds]
        raise IdentityInvalid("id_type_unknown", field="id_type", id_type=id_type, allowed=allowed)
    number = normalise_id(text)
    known.check(number, today)
    return number


def resident_check_sign(first_17: str) -> str:
    """The last sign of a resident identity number: weighted sum modulo 11 (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def credit_code_check_sign(first_17: str) -> str:
    """The last sign of a unified social credit code: powers of three modulo 31 (GB 32100)."""
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first_17))
    return _CREDIT_SIGNS[-total % 31]


def birth_date_in(id_type: str | None, number: str | None) -> date | None:
    """The birth date that a checked resident identity number carries; other papers carry none."""
    if id_type != "resident_id" or number is None:
        return None
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _check_resident(number: str, today: date) -> None:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdentityInvalid("id_no_malformed", field="id_no", id_type="resident_id")
    if not _REGION.match(number):
        raise IdentityInvalid("id_no_region_unknown", field="id_no", id_type="resident_id")
    try:
        born = birth_date_in("resident_id", number)
    except ValueError:
        born = None
    if born is None or not _OLDEST <= born <= today:
        raise IdentityInvalid("id_no_birth_date_impossible", field="id_no", id_type="resident_id")
    if resident_check_sign(number[:17]) != number[17]:
        raise IdentityInvalid("id_no_check_digit_wrong", field="id_no", id_type="resident_id")


def _check_credit_code(number: str, _today: date) -> None:
    if not re.fullmatch(rf"[{_CREDIT_SIGNS}]{{18}}", number):
        raise IdentityInvalid("id_no_malformed", field="id_no", id_type="business_licence")
    if credit_code_check_sign(number[:17]) != number[17]:
        raise IdentityInvalid("id_no_check_digit_wrong", field="id_no", id_type="business_licence")


def _looks_like(id_type: str, pattern: str) -> Callable[[str, date], None]:
    def check(number: str, _today: date) -> None:
        if not re.fullmatch(pattern, number):
            raise IdentityInvalid("id_no_malformed", field="id_no", id_type=id_type)

    return check


_PERSON, _FIRM = frozenset({"person"}), frozenset({"firm"})

ID_TYPES: dict[str, IdType] = {
    one.code: one
    for one in (
        IdType("resident_id", "Resident identity card", "居民身份证", _PERSON, _check_resident),
        IdType("passport", "Passport", "护照", _PERSON, _looks_like("passport", r"[A-Z0-9]{5,20}")),
        IdType(
            "hk_macao_permit",
            "Hong Kong/Macao mainland travel permit",
            "港澳居民来往内地通行证",
            _PERSON,
            _looks_like("hk_macao_permit", r"[HM][0-9]{8}([0-9]{2})?"),
        ),
        IdType(
            "taiwan_permit",
            "Taiwan mainland travel permit",
            "台湾居民来往大陆通行证",
            _PERSON,
            _looks_like("taiwan_permit", r"[0-9]{8}([0-9]{2})?"),
        ),
        IdType("military_id", "Military ID", "军人证件", _PERSON, _looks_like("military_id", r"\w{4,20}")),
        IdType("business_licence", "Business licence", "营业执照", _FIRM, _check_credit_code),
        IdType("other", "Other paper", "其他证件", _PERSON | _FIRM, _looks_like("other", r"\w{4,30}")),
    )
}
