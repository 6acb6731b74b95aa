"""What is masked never shows enough to be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.customers.errors import PhoneInvalid
from ledger.customers.masking import mask_address, mask_email, mask_id, mask_name, mask_numbers, mask_phone
from ledger.customers.phones import find_normalised, normalise_phone, show_phone


@pytest.mark.parametrize(
    ("clear", "masked"),
    [("13812341234", "138****1234"), ("62345678", "****5678"), ("12345", "****5"), ("1", "****")],
)
def test_a_phone_keeps_its_ends_only(clear: str, masked: str) -> None:
    assert mask_phone(clear) == masked


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_four_digits_of_a_mobile_are_never_shown(number: str) -> None:
    masked = mask_phone(number)
    assert masked == f"{number[:3]}****{number[7:]}"
    assert number not in masked


@given(st.text("0123456789", min_size=1, max_size=20))
def test_masking_hides_four_signs_or_all(number: str) -> None:
    for masked in (mask_phone(number), mask_id(number)):
        shown = len(masked.replace("*", ""))
        assert shown <= max(len(number) - 4, 0)
        assert masked.count("*") >= 4


@given(st.text(min_size=1, max_size=40), st.text("abc", min_size=1))
def test_an_address_or_mail_is_never_shown_whole(text: str, host: str) -> None:
    assert len(mask_address(text).replace("*", "")) <= 6
    name = text.replace("@", "").replace("*", "") or "x"
    assert not mask_email(f"{name}@{host}.cn").startswith(f"{name}@")


def test_a_strangers_name_keeps_its_surname_only() -> None:
    assert [mask_name(name) for name in ("张三", "欧阳娜娜", "李")] == ["张*", "欧***", "李*"]


@pytest.mark.parametrize(
    "typed", ["138 1234 5678", "+86-138-1234-5678", "１３８１２３４５６７８", "(138)12345678", "008613812345678"]
)
def test_one_number_has_one_written_form(typed: str) -> None:
    assert normalise_phone(typed) == "+8613812345678"
    assert show_phone("+8613812345678") == "13812345678"


def test_landlines_and_foreign_numbers_are_known() -> None:
    assert normalise_phone("021-62345678") == "+862162345678"
    assert show_phone(normalise_phone("+852 9123 4567")) == "+852 9123 4567"


@pytest.mark.parametrize("typed", ["", "12345", "139999", "电话", "13812345678a", "99999999999", "+999 1"])
def test_what_is_no_number_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(PhoneInvalid) as refusal:
        normalise_phone(typed)
    assert refusal.value.field == "phone"
    assert not typed or typed not in str(refusal.value)
    assert find_normalised(typed) is None


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("电话13812341234，速回", "电话138****1234，速回"),
        ("call +86 138 1234 1234 or 0571-87654321", "call +86 138****1234 or 057****4321"),
        ("（021）6234 5678，＋86-138-1234-1234", "021****5678，＋86-138****1234"),
        ("１３８１２３４１２３４ / +852 9123 4567", "138****1234 / +852****4567"),
        ("6222 0212 3456 7890 123 工行", "622************0123 工行"),
        ("ID 11010519491231002X.", "ID 110***********002X."),
        ("310101 19900307 123x, formerly 310101900307123", "310***********123x, formerly 310********7123"),
        ("due 2026-03-02, unit 3栋 1201, 98%, ¥1,228,800", "due 2026-03-02, unit 3栋 1201, 98%, ¥1,228,800"),
        ("", ""),
    ],
)
def test_long_numbers_in_what_somebody_wrote_are_masked_and_the_rest_stays(written: str, masked: str) -> None:
    assert mask_numbers(written) == masked


@pytest.mark.parametrize(
    "written",
    [
        "总价3126400元，折后 3000000，定金¥50000",
        "12812800000 fen, RG202611290012, 2026112900123",
        "4500000 3000000 12, ¥13812345678",
        "born 1990-03-07, at 2026-03-02 14:30:05",
    ],
)
def test_a_price_or_the_number_of_a_paper_stays_however_long_it_is(written: str) -> None:
    assert mask_numbers(written) == written
