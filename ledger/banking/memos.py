"""What the free text of a line says: homes in all their spellings, what is paid for, names, batches of loans."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.finance.kinds import ReceivableKind
from ledger.inventory.price_list.grid import plain

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_BUILDING = r"(?<![0-9A-Za-z一二三四五六七八九十])([A-Za-z]?\d{1,3}|[A-Za-z]|[一二三四五六七八九十]{1,3})"
_UNIT_NO = r"(\d{3,4}[A-Za-z]?)(?!\d)"
_HOMES = (
    # 3栋602, 3号楼1单元602室, A座1203, 十二幢301, 3#602
    re.compile(
        rf"{_BUILDING}\s*(?:栋|幢|号楼|#楼?|座|楼)\s*-?\s*(?:(\d{{1,2}})\s*(?:单元|门|梯)\s*-?\s*)?{_UNIT_NO}"
    ),
    # 3-602, 5-1-902
    re.compile(rf"{_BUILDING}-(?:(\d{{1,2}})-)?{_UNIT_NO}(?!-)"),
)
_UNIT_ALONE = re.compile(r"(?<![\d-])(\d{3,4})\s*(?:室|房(?!款)|户)")
_BATCH = re.compile(
    r"批次(?:号)?[:\s]*([0-9A-Za-z]{2,20})|batch\s*(?:no\.?\s*)?([0-9A-Za-z]{2,20})", re.IGNORECASE
)
_WORDS_OF = {
    ReceivableKind.EARNEST: "诚意金 订金 排号费",
    ReceivableKind.DEPOSIT: "定金",
    ReceivableKind.DOWN_PAYMENT: "首付款 首付 首期款 首期",
    ReceivableKind.FUND: "公积金",
    ReceivableKind.LOAN: "按揭放款 按揭款 按揭 放款 贷款",
    ReceivableKind.INSTALMENT: "分期款 分期",
    ReceivableKind.DEED_TAX: "契税",
    ReceivableKind.MAINTENANCE_FUND: "维修基金 维修资金",
    ReceivableKind.AREA: "面积补差 补差款",
    ReceivableKind.REGISTRATION_FEE: "登记费",
    ReceivableKind.LATE_INTEREST: "违约金 滞纳金",
    ReceivableKind.FEE: "手续费",
}
_KINDS = tuple((word, kind) for kind, words in _WORDS_OF.items() for word in words.split())
_PRICE_WORDS = ("购房款", "房款", "购房", "房屋款", "认购", "楼款", "尾款", "余款")
_INTEREST = re.compile(r"结息|利息|interest", re.IGNORECASE)
_FEES = re.compile(r"退.*手续费|费用返还", re.IGNORECASE)
_OWN = re.compile(r"内部|调拨|往来款|本行转账|资金归集")
_BANKS = re.compile(r"银行|按揭中心|公积金.*中心|信用社|bank|fund centre", re.IGNORECASE)
_SPLIT = re.compile(r"[^一-鿿A-Za-z·'. -]+")
_NAME_HAN = re.compile(r"[一-鿿·]{2,6}")
_NAME_LATIN = re.compile(r"[A-Za-z][A-Za-z.'-]*(?: [A-Za-z][A-Za-z.'-]*){1,4}")
_WORD = re.compile(r"[一-鿿]{2,6}")
_MONEY_SIGNS = "款费税价"


@dataclass(frozen=True)
class Home:
    """A home as a memo names it; the parts that it does not name are empty."""

    building: str
    entrance: str
    unit_no: str


@dataclass(frozen=True)
class Memo:
    """What a memo says. ``names`` may be names of people, and ``words`` mean nothing to us yet."""

    homes: tuple[Home, ...]
    kinds: frozenset[ReceivableKind]
    names: tuple[str, ...]
    batch_no: str | None
    says_price: bool
    ignorable: str | None


def building_key(text: str) -> str:
    """What a building is called in figures: 3栋, 3号楼, 三幢 and 3 are one; A座 and a are one."""
    text = plain(text).lower()
    match = re.search(r"[a-z]?\d+|[a-z](?![a-z])|[一二三四五六七八九十]+", text)
    found = match[0] if match else text
    if found[0] in "一二三四五六七八九十":
        return str(_chinese(found))
    return found.lstrip("0") or found


def _chinese(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def unit_key(text: str) -> str:
    """The last part of a unit number without leading zeros: 1-0902 and 902 are one."""
    last = re.split(r"[-\s]", plain(text).lower())[-1]
    return re.sub(r"[室号房户]+$", "", last).lstrip("0")


def read_memo(memo: str, extra: Iterable[str] = ()) -> Memo:
    """Read a memo; ``extra`` are words that are no names, such as those of projects."""
    text = plain(memo)
    homes, rest = _homes(text)
    kinds = set()
    for word, kind in _KINDS:
        if word in rest:
            kinds.add(kind)
            rest = rest.replace(word, " ")
    price = any(word in rest for word in _PRICE_WORDS)
    batch = _BATCH.search(text)
    for word in (*_PRICE_WORDS, *extra, "批次", "业主", "客户", "付", "交", "代"):
        if len(word) > 1:
            rest = rest.replace(word, " ")
    names = [*_NAME_HAN.findall(_SPLIT.sub(" ", rest)), *(one.strip() for one in _NAME_LATIN.findall(rest))]
    return Memo(
        homes,
        frozenset(kinds),
        tuple(dict.fromkeys(names)),
        (batch[1] or batch[2]) if batch else None,
        price,
        _ignorable(text) if not homes and not kinds else None,
    )


def _homes(text: str) -> tuple[tuple[Home, ...], str]:
    """The homes of a text, and the text without them."""
    found: list[Home] = []
    for pattern in _HOMES:
        for match in pattern.finditer(text):
            found.append(Home(building_key(match[1]), (match[2] or "").lstrip("0"), unit_key(match[3])))
        text = pattern.sub(" ", text)
    if not found:
        found += [Home("", "", unit_key(match[1])) for match in _UNIT_ALONE.finditer(text)]
        text = _UNIT_ALONE.sub(" ", text)
    return tuple(dict.fromkeys(found)), text


def _ignorable(text: str) -> str | None:
    """The reason for which a line is probably no buyer's payment."""
    for reason, pattern in (("interest", _INTEREST), ("fees", _FEES), ("own_transfer", _OWN)):
        if pattern.search(text):
            return reason
    return None


def is_bank(payer: str | None) -> bool:
    """Whether the payer is a bank or a fund centre and no person."""
    return bool(payer and _BANKS.search(payer))


def unknown_words(memo: str, known: Iterable[str]) -> list[str]:
    """Words of a memo that name money (头款, 车位费) and mean nothing yet; no names of people."""
    _, text = _homes(plain(memo))
    for word in sorted([*known, *(word for word, _ in _KINDS), *_PRICE_WORDS, "批次"], key=len, reverse=True):
        if word:
            text = text.replace(word, " ")
    return list(dict.fromkeys(word for word in _WORD.findall(_SPLIT.sub(" ", text)) if word[-1] in _MONEY_SIGNS))
