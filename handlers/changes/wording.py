"""Before and after and the money of an order in a few lines of text: what approvers and executors read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Fields of previews that a line of text can show, as (English, Chinese); the rest stands on the order's page.
FIELDS = {
    "plan": ("Plan", "付款方式"),
    "deal_price_fen": ("Deal price", "成交价"),
    "effective_discount_bp": ("Off list", "综合折扣"),
    "loan_fen": ("Loan", "贷款"),
    "unit": ("Home", "房源"),
    "discounts_dropped": ("Discounts no longer given", "不再适用的折扣"),
    "buyers": ("Buyers", "买受人"),
    "relation": ("Relation", "关系"),
    "cause": ("Why it ends", "退房原因"),
    "fault": ("Fault", "过错方"),
    "back_by": ("Money back by", "退款期限"),
}
DOES = {
    "due": ("due anew", "新增应收"),
    "ends": ("no longer due", "不再应收"),
    "stays": ("paid, stays", "已付不变"),
    "credited": ("counted anew", "转为冲抵"),
    "refunded": ("refunded", "退还"),
    "kept": ("kept", "不退"),
    "compensated": ("compensated", "赔偿"),
}
PAYEES = {"bank": (" to the bank", "（银行）"), "fund_centre": (" to the fund centre", "（公积金中心）")}


def change_lines(before: Mapping[str, Any], after: Mapping[str, Any], language: int) -> list[tuple[str, str, str]]:
    """The fields that would change, as name, before and after in words."""
    lines = []
    for name, labels in FIELDS.items():
        old, new = _value(name, before.get(name), language), _value(name, after.get(name), language)
        if new and old != new:
            lines.append((labels[language], old or "–", new))
    return lines


def change_words(before: Mapping[str, Any], after: Mapping[str, Any], language: int) -> str:
    """The fields that would change, ``before → after``, a line each."""
    return "\n".join(f"{name}: {old} → {new}" for name, old, new in change_lines(before, after, language))


def money_words(money: list[Mapping[str, Any]], language: int) -> str:
    """The sums of the money effect, a line for each thing that becomes of money."""
    sums: dict[tuple[str, str], int] = {}
    for line in money:
        to = str(line.get("debtor") or "") if line["does"] == "refunded" else ""
        sums[line["does"], to] = sums.get((line["does"], to), 0) + line["amount_fen"]
    return "\n".join(
        f"{DOES[does][language]}{PAYEES.get(to, ('', ''))[language]}: {yuan_words(fen, language)}"
        for (does, to), fen in sums.items()
        if does in DOES
    )


def _value(name: str, value: Any, language: int) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value.get(("en", "zh")[language]) or next(iter(value.values()), ""))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if name.endswith("_fen"):
        return yuan_words(value, language)
    return f"{value / 100:.2f} %" if name.endswith("_bp") else str(value)


def yuan_words(fen: int, language: int) -> str:
    """A sum in yuan with two decimals, thousands and the currency, in a language."""
    sign, whole = ("−" if fen < 0 else ""), abs(fen)
    yuan = f"{sign}{whole // 100:,}.{whole % 100:02d}"
    return (f"CNY {yuan}", f"{yuan}元")[language]
