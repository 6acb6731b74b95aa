"""Words that papers need beside what the ledger holds, in the paper's language (not the reader's)."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.customers.identity import ID_TYPES
from ledger.finance.kinds import TriggerKind
from ledger.finance.plans import Trigger
from ledger.templates.kinds import Language

Pair = tuple[str, str]

RECEIVABLES: Mapping[str, Pair] = {
    "deposit": ("定金", "Deposit"),
    "down_payment": ("首付款", "Down payment"),
    "instalment": ("分期款", "Instalment"),
    "loan": ("按揭款", "Bank loan"),
    "fund": ("公积金款", "Housing fund loan"),
    "area": ("面积补差", "Area settlement"),
    "deed_tax": ("契税", "Deed tax"),
    "maintenance_fund": ("维修基金", "Maintenance fund"),
    "registration_fee": ("登记费", "Registration fee"),
    "late_interest": ("违约金", "Late interest"),
    "fee": ("手续费", "Handling fee"),
    "earnest": ("诚意金", "Earnest money"),
    "forfeit": ("没收定金", "Forfeited deposit"),
}
CREDIT: Pair = ("预收款（待分配）", "Received in advance, not yet allocated")
METHODS: Mapping[str, Pair] = {
    "cash": ("现金", "Cash"),
    "transfer": ("银行转账", "Bank transfer"),
    "pos": ("POS 刷卡", "Card terminal"),
    "bank_loan": ("银行放款", "Loan paid out by the bank"),
}
ACCOUNTS: Mapping[str, Pair] = {
    "supervised": ("预售资金监管账户", "Supervised presale account"),
    "agency": ("代收账户", "Agency account"),
    "general": ("一般账户", "General account"),
}
DEBTORS: Mapping[str, Pair] = {
    "buyer": ("买受人", "Buyer"),
    "bank": ("贷款银行", "Bank"),
    "fund_centre": ("公积金中心", "Fund centre"),
}
ID_PAPERS: Mapping[str, Pair] = {code: (one.name_zh, one.name) for code, one in ID_TYPES.items()}
OWNERSHIPS: Mapping[str, Pair] = {
    "sole": ("单独所有", "Sole ownership"),
    "shares": ("按份共有", "Ownership by shares"),
    "joint": ("共同共有", "Joint ownership"),
}
BASES: Mapping[str, Pair] = {
    "building_area": ("按建筑面积计价", "by building area"),
    "inside_area": ("按套内建筑面积计价", "by inside area"),
    "unit": ("按套计价", "per home"),
}
MILESTONES: Mapping[str, Pair] = {
    "topped_out": ("主体结构封顶", "structure topped out"),
    "hand_over": ("交房", "hand-over"),
}
AREA_RULES: Mapping[str, Pair] = {
    "contract_price": (
        "面积误差比绝对值在{tolerance}以内（含）的，按合同单价据实结算；超出的，买受人有权解除合同，"
        "不解除的按规定结算。",
        "An area difference of up to {tolerance} (inclusive) is settled at the contract price; beyond it the "
        "buyer may rescind, or the difference is settled as the rules provide.",
    ),
    "whole_difference": (
        "面积差异按合同单价据实结算，多退少补。",
        "An area difference is settled at the contract price, whatever its size.",
    ),
    "none": ("按套计价，面积差异互不补退。", "Sold per home: area differences are not settled."),
}
NONE: Pair = ("—", "—")


def say(pair: Pair, language: Language) -> str:
    """The word in a language."""
    return pair[0] if language == "zh" else pair[1]


def named(words: Mapping[str, Pair], code: str | None, language: Language) -> str:
    """The word for a code; a code without a word stands for itself."""
    return say(words.get(code or "", (code or "—", code or "—")), language)


def due_words(trigger: Trigger, language: Language) -> str:
    """When a plan line falls due before the day of signing is known; a date stays ISO for the layout to write."""
    if trigger.kind is TriggerKind.ON_DATE and trigger.on is not None:
        return trigger.on.isoformat()
    days = trigger.days
    if trigger.kind is TriggerKind.MILESTONE:
        milestone = named(MILESTONES, trigger.milestone, language)
        return (
            milestone
            if not days
            else say((f"{milestone}后{days}日内", f"{days} days after {milestone}"), language)
        )
    if not days:
        return say(("签约当日", "on signing"), language)
    return say((f"签约后{days}日内", f"{days} days after signing"), language)


def percent(basis_points: int) -> str:
    """Basis points as per cent: 300 → 3%."""
    return f"{basis_points / 100:g}%"


def daily_rate(rate: str, language: Language) -> str:
    """A daily rate as written in contracts: 1/5000 → 每日万分之2."""
    numerator, _, denominator = rate.partition("/")
    value = int(numerator) / int(denominator or 1)
    return say((f"每日万分之{value * 10_000:g}", f"{value * 100:g}% a day"), language)
