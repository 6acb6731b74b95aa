"""Amounts in capitals, against the bank's own examples and a reader that knows nothing of the writer."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.finance.capitals import DIGITS, LIMIT_FEN, in_capitals


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元零叁角贰分"),
        (10_700_053, "壹拾万柒仟元零伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (1_000, "壹拾元整"),
        (100_000_000, "壹佰万元整"),
        (124_185_600, "壹佰贰拾肆万壹仟捌佰伍拾陆元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_500_000, "壹亿零伍仟元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (100_000_000_000_000, "壹万亿元整"),
        (100_010_000_000_000, "壹万零壹亿元整"),
        (20_010_001, "贰拾万零壹佰元零壹分"),
    ],
)
def test_amounts_are_written_as_on_a_bill(fen: int, capitals: str) -> None:
    assert in_capitals(fen) == capitals


@pytest.mark.parametrize("fen", [-1, LIMIT_FEN])
def test_what_no_bill_can_say_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="capitals"):
        in_capitals(fen)


def read_back(text: str) -> int:
    """Fen from capitals, by adding up values; zeros say nothing."""
    yuan, _, rest = text.removesuffix("整").rpartition("元")
    fen = 100 * read_number(yuan)
    for name, value in (("角", 10), ("分", 1)):
        if name in rest:
            fen += DIGITS.index(rest[rest.index(name) - 1]) * value
    return fen


def read_number(text: str) -> int:
    for name, value in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        if name in text:
            before, _, after = text.rpartition(name)
            return read_number(before) * value + read_number(after)
    digits = text.replace("零", "")
    return DIGITS.index(digits) if digits else 0


@settings(derandomize=True, max_examples=600, deadline=None)
@given(
    st.integers(0, 10**14)
    | st.lists(st.sampled_from("0001379"), min_size=1, max_size=17).map(lambda d: int("".join(d)))
)
@example(10**15 + 10**10)
def test_capitals_read_back_to_the_same_amount(fen: int) -> None:
    text = in_capitals(fen)
    assert read_back(text) == fen
    assert "零零" not in text
    assert "零万" not in text
    assert "零亿" not in text
    assert text.endswith(("整", "分"))
