"""ID numbers are checked by their type's own rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.customers.errors import IdentityInvalid
from ledger.customers.identity import (
    birth_date_in,
    check_identity,
    credit_code_check_sign,
    resident_check_sign,
)

TODAY = date(2026, 3, 2)
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
births = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


def resident(born: date, serial: int) -> str:
    first = f"310101{born:%Y%m%d}{serial:03d}"
    return first + resident_check_sign(first)


def check(id_type: str, number: str, kind: str = "person") -> str:
    return check_identity(id_type, number, kind=kind, today=TODAY)


def test_known_numbers_pass() -> None:
    # The worked example of GB 11643, and the code that the registration authority itself carries.
    assert check("resident_id", "11010519491231002x") == "11010519491231002X"
    assert check("business_licence", "9111000010169286X1", "firm") == "9111000010169286X1"


@given(births, st.integers(0, 999))
def test_a_right_number_passes_and_tells_its_birth_date(born: date, serial: int) -> None:
    number = resident(born, serial)
    assert check("resident_id", f" {number[:6]} {number[6:14]}-{number[14:].lower()} ") == number
    assert birth_date_in("resident_id", number) == born


@given(births, st.integers(0, 999), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_sign_is_always_found(born: date, serial: int, place: int, sign: str) -> None:
    number = resident(born, serial)
    wrong = number[:place] + sign + number[place + 1 :]
    if wrong != number:
        with pytest.raises(IdentityInvalid):
            check("resident_id", wrong)


@given(births, st.integers(0, 999), st.integers(0, 15))
def test_two_neighbours_swapped_are_always_found(born: date, serial: int, place: int) -> None:
    number = resident(born, serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(IdentityInvalid):
            check("resident_id", swapped)


@given(st.text(SIGNS, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_of_a_credit_code_is_always_found(first: str, place: int, sign: str) -> None:
    code = first + credit_code_check_sign(first)
    assert check("business_licence", code, "firm") == code
    wrong = code[:place] + sign + code[place + 1 :]
    if wrong != code:
        with pytest.raises(IdentityInvalid):
            check("business_licence", wrong, "firm")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("31010119900101", "id_no_malformed"),
        ("99010119900101123X", "id_no_region_unknown"),
        ("310101199002301231", "id_no_birth_date_impossible"),
        ("310101209901011231", "id_no_birth_date_impossible"),
        ("110105194912310021", "id_no_check_digit_wrong"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(number: str, code: str) -> None:
    with pytest.raises(IdentityInvalid) as refusal:
        check("resident_id", number)
    assert (refusal.value.code, refusal.value.field) == (code, "id_no")
    assert number not in str(refusal.value)


@pytest.mark.parametrize(
    ("id_type", "good", "bad"),
    [
        ("passport", "e1234 5678", "E1"),
        ("hk_macao_permit", "H12345678", "A12345678"),
        ("taiwan_permit", "12345678", "1234567A"),
        ("military_id", "军字第12345号", "1"),
    ],
)
def test_other_papers_are_checked_by_their_form(id_type: str, good: str, bad: str) -> None:
    assert check(id_type, good)
    with pytest.raises(IdentityInvalid):
        check(id_type, bad)


def test_a_firm_has_no_passport_and_a_person_no_licence() -> None:
    for id_type, kind in (("passport", "firm"), ("business_licence", "person"), ("stamp", "person")):
        with pytest.raises(IdentityInvalid) as refusal:
            check(id_type, "E12345678", kind)
        assert refusal.value.field == "id_type"
