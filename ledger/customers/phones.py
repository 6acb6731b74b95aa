"""Phone numbers: one written form for each, whatever way it was typed; China where no country is said."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from ledger.customers.errors import PhoneInvalid

_HOME = "CN"


def normalise_phone(text: str, *, field: str = "phone") -> str:
    """The number in E.164 form (``+8613812345678``). Raises `PhoneInvalid` when no such number can exist."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if re.search(r"[^\d\s+().\-/#x]", typed):
        raise PhoneInvalid(field=field)
    try:
        number = phonenumbers.parse(typed, _HOME)
    except phonenumbers.NumberParseException as problem:
        raise PhoneInvalid(field=field) from problem
    if not phonenumbers.is_valid_number(number):
        raise PhoneInvalid(field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(e164: str) -> str:
    """The number as people at home write it: without the country when that is China."""
    number = phonenumbers.parse(e164)
    if number.country_code != phonenumbers.country_code_for_region(_HOME):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL).replace(" ", "")


def find_normalised(text: str) -> str | None:
    """The E.164 form if the text is a whole phone number, else None."""
    try:
        return normalise_phone(text)
    except PhoneInvalid:
        return None
