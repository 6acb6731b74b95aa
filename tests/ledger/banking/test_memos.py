"""What memos say, in the spellings of the sample and of clerks elsewhere."""

from __future__ import annotations

import pytest

from ledger.banking.memos import Home, is_bank, read_memo, unknown_words
from ledger.finance.kinds import ReceivableKind


@pytest.mark.parametrize(
    ("memo", "home"),
    [
        ("3栋602定金", ("3", "", "602")),
        ("云溪花园5-1-902 张敏首付", ("5", "1", "902")),
        ("3号楼602室", ("3", "", "602")),
        ("3幢 0602 房款", ("3", "", "602")),
        ("三栋1单元602", ("3", "1", "602")),
        ("十二幢1203", ("12", "", "1203")),
        ("3#602首付", ("3", "", "602")),
        ("3#楼-602", ("3", "", "602")),
        ("3-602", ("3", "", "602")),
        ("A座1203首付", ("a", "", "1203")),
        ("购A-1203房款", ("a", "", "1203")),
        ("３栋６０２定金", ("3", "", "602")),
        ("602室房款", ("", "", "602")),
        ("03栋602", ("3", "", "602")),
    ],
)
def test_a_home_is_read_in_its_spellings(memo: str, home: tuple[str, str, str]) -> None:
    assert read_memo(memo).homes == (Home(*home),)


@pytest.mark.parametrize(
    "memo", ["20260901房款", "2026-09-01", "批次1018", "尾号6222", "电话13800138000", "1602", ""]
)
def test_what_is_no_home_is_read_as_none(memo: str) -> None:
    assert read_memo(memo).homes == ()


def test_several_homes_of_one_memo_are_all_read() -> None:
    assert [home.unit_no for home in read_memo("按揭放款 1-101,1-102、2栋301").homes] == ["301", "101", "102"]


@pytest.mark.parametrize(
    ("memo", "kind"),
    [
        ("3栋602定金", "deposit"), ("张敏首付", "down_payment"), ("按揭放款 批次1018", "loan"), ("公积金放款", "fund"),
        ("交契税", "deed_tax"), ("维修基金", "maintenance_fund"), ("排号诚意金", "earnest"), ("订金", "earnest"),
    ],
)  # fmt: skip
def test_a_word_says_what_is_paid_for(memo: str, kind: str) -> None:
    assert ReceivableKind(kind) in read_memo(memo).kinds


def test_an_advance_is_no_deposit_though_one_sign_alone_differs() -> None:
    assert ReceivableKind.DEPOSIT not in read_memo("3栋602订金").kinds


@pytest.mark.parametrize(
    ("memo", "name"),
    [
        ("云溪花园5-1-902 张敏首付", "张敏"),
        ("何洋磊房款", "何洋磊"),
        ("3栋602林晚定金", "林晚"),
        ("Lin Wan 首付", "Lin Wan"),
    ],
)
def test_a_name_is_found_among_the_rest(memo: str, name: str) -> None:
    assert name in read_memo(memo, ["云溪花园"]).names


def test_a_batch_and_its_bank_are_known() -> None:
    assert read_memo("按揭放款 批次1018").batch_no == "1018"
    assert is_bank("中国某银行按揭中心") and is_bank("上海市公积金管理中心") and not is_bank("马超")


def test_interest_may_be_left_out_unless_something_else_is_said() -> None:
    assert read_memo("利息").ignorable == "interest"
    assert read_memo("3栋602 利息").ignorable is None
    assert read_memo("内部调拨").ignorable == "own_transfer"


def test_words_that_mean_nothing_yet_are_found_without_names_and_places() -> None:
    assert unknown_words("云溪花园5-1-902 张敏头款", ["张敏", "云溪花园"]) == ["头款"]
    assert unknown_words("3栋602定金", []) == []
    assert unknown_words("代张三付 3栋602", []) == []
