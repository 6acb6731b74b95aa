"""Sample values for the marks of a text, so that it can be read before anybody gets it. They are nobody's."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.messages.templates import fill, shipped_templates

_BY_END: Mapping[str, object] = {
    "_fen": 5_000_000,
    "_on": "2026-10-18",
    "_at": "2026-10-18T06:30:00+00:00",
    "_link": "https://keyturn.example/l/4fJx9QmT2c",
}
# In Chinese and in English.
_BY_NAME: Mapping[str, tuple[str, str]] = {
    "customer": ("张三", "Zhang San"),
    "project": ("云溪", "Yunxi"),
    "unit": ("3-1201", "3-1201"),
    "bank": ("工商银行", "ICBC"),
    "sale": ("YUNXI-XS-2026-000099", "YUNXI-XS-2026-000099"),
    "number": ("YUNXI-SJ-2026-000001", "YUNXI-SJ-2026-000001"),
    "consultant": ("李四", "Li Si"),
    "who": ("王五", "Wang Wu"),
    "by": ("王五", "Wang Wu"),
    "author": ("王五", "Wang Wu"),
    "reason": ("材料不齐", "A paper is lacking"),
    "note": ("请尽快", "As soon as you can, please"),
    "what": ("折扣审批", "Approval of a discount"),
    "about": ("云溪 3-1201", "Yunxi 3-1201"),
    "title": ("待您审批", "Your decision is wanted"),
    "text": ("云溪 3-1201，优惠 2%", "Yunxi 3-1201, 2 % off"),
    "kind": ("我的待办", "My tasks"),
    "task": ("审批折扣", "Decide on the discount"),
    "case": ("云溪 3-1201", "Yunxi 3-1201"),
    "family": ("按揭", "Mortgage"),
    "change": ("换房", "change to another home"),
    "step": ("签订借款合同", "Loan contract"),
    "result": ("已完成", "Done"),
    "place": ("物业服务中心", "the service centre"),
    "times": ("2", "2"),
    "count": ("3", "3"),
    "lines": ("· 云溪 3-1201\n· 云溪 3-1202", "· Yunxi 3-1201\n· Yunxi 3-1202"),
}


def sample_of(mark: str, language: str) -> object:
    """A value for a mark as its senders give it: fen, an ISO date, an instant, an address, words."""
    if mark in _BY_NAME:
        return _BY_NAME[mark][0 if language == "zh" else 1]
    return next((value for end, value in _BY_END.items() if mark.endswith(end)), mark)


def samples_of(code: str, language: str) -> dict[str, object]:
    """Values for every mark that may stand in a text."""
    return {mark: sample_of(mark, language) for mark in shipped_templates()[code].marks}


def sampled(text: str, code: str, language: str) -> str:
    """The text as its reader would read it. Raises `MessageInvalid` for a mark that nothing fills."""
    return fill(text, samples_of(code, language), language=language)
