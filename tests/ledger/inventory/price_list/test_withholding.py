"""Notes and states that keep a unit from sale, and remarks that do not."""

import pytest

from ledger.inventory.price_list.withholding import withheld_reason, withholds

WITHHOLD = [
    "销控", "工抵房", "抵工程款", "自留", "抵押", "已抵押给建设银行", "样板房", "样板间",
    "样板房,不对外销售", "暂不销售", "暂缓推售", "内部保留", "领导预留", "保留", "预留", "查封",
    "法院冻结", "回迁房", "安置房", "物业用房", "已售", "已认购", "已签约", "小订", "未取得预售许可",
    "不可售", "非售", "Sold", "Reserved", "Not for sale", "show flat", "Mortgaged to bank", "销控",
]  # fmt: skip
REMARKS = [
    "", "待售", "可售", "在售", "未售", "available", "Available", "unsold", "南北通透", "赠送露台",
    "近电梯", "边户", "带保留价", "预留空调位", "价格保留三天", "价格已备案", "备案价", "已定价",
    "非样板房", "与样板间同户型", "样板房同款装修", "样板间标准交付", "紧邻样板房", "已解除抵押",
    "抵押已解除", "无抵押", "未抵押", "可抵押贷款", "销控解除", "取消销控", "not mortgaged",
    "next to the show flat", "特价房", "reserved parking nearby",
]  # fmt: skip


@pytest.mark.parametrize("text", WITHHOLD)
def test_these_withhold(text: str) -> None:
    assert withholds(text)


@pytest.mark.parametrize("text", REMARKS)
def test_plain_remarks_do_not(text: str) -> None:
    assert not withholds(text)


def test_state_and_note_are_both_kept_as_they_stand() -> None:
    assert withheld_reason("销控", "工抵房") == "销控\uff1b工抵房"
    assert withheld_reason("销控", "销控") == "销控"
    assert withheld_reason("待售", "样板房,不对外销售") == "样板房,不对外销售"
    assert withheld_reason("sold in June", "south") == "sold in June"
    assert withheld_reason("待售", "南向") is None
