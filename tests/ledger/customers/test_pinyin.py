"""Names are found by their pinyin, surnames read as surnames are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.customers.pinyin import name_terms


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张三", "zhangsan", "zs"),
        ("单田芳", "shantianfang", "stf"),
        ("曾国藩", "zengguofan", "zgf"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("仇英", "qiuying", "qy"),
        ("查良镛", "zhaliangyong", "zly"),
        ("区小明", "ouxiaoming", "oxm"),
        ("朴树", "piaoshu", "ps"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("欧阳娜娜", "ouyangnana", "oynn"),
        ("John Smith", "johnsmith", "js"),
    ],
)
def test_a_name_is_spelled_in_full_and_by_initials(name: str, full: str, initials: str) -> None:
    assert {full, initials} <= name_terms(name)


def test_a_surname_is_not_read_like_the_same_sign_elsewhere() -> None:
    assert not {"dantianfang", "dtf"} & name_terms("单田芳")
    assert not {"cengguofan", "weichigong", "wcg"} & (name_terms("曾国藩") | name_terms("尉迟恭"))


def test_a_surname_or_given_name_with_two_readings_is_found_by_both() -> None:
    assert {"qinhui", "tanhui"} <= name_terms("覃辉")
    assert {"lichangle", "lizhangyue"} <= name_terms("李长乐")
    assert {"lvbu", "lubu", "lyubu"} <= name_terms("吕布")


def test_a_firm_is_read_as_a_text() -> None:
    assert name_terms("上海锦程贸易有限公司", kind="firm") == {
        "shanghaijinchengmaoyiyouxiangongsi",
        "shjcmyyxgs",
    }
    assert "chongqing" in name_terms("重庆", kind="firm")


def test_words_of_a_latin_name_are_terms_of_their_own() -> None:
    assert {"smith", "john"} <= name_terms("John Smith")


@given(st.text(max_size=30))
def test_any_name_gives_a_bounded_number_of_plain_terms(name: str) -> None:
    terms = name_terms(name)
    assert len(terms) <= 100
    assert all(term and len(term) <= 120 and term.isascii() for term in terms)
