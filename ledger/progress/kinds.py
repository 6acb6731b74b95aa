"""The families of steps after the sale, how a step ends, and what the steps that the house knows are called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Family(StrEnum):
    """What a step belongs to."""

    MORTGAGE = "mortgage"  # 按揭
    AREA_SETTLEMENT = "area_settlement"  # 面积补差
    TITLE = "title"  # 产权
    MOVE_IN = "move_in"  # 入伙


class Outcome(StrEnum):
    """How a step ended."""

    DONE = "done"  # 已完成
    STOPPED = "stopped"  # 已中止


FAMILIES: Mapping[Family, tuple[str, str]] = {
    Family.MORTGAGE: ("Mortgage", "按揭"),
    Family.AREA_SETTLEMENT: ("Area settlement", "面积补差"),
    Family.TITLE: ("Property certificate", "产权证办理"),
    Family.MOVE_IN: ("Move-in", "入伙"),
}

# In the order in which they come; English, Chinese.
STEPS: Mapping[Family, Mapping[str, tuple[str, str]]] = {
    Family.MORTGAGE: {
        "papers": ("Loan papers", "贷款资料收集"),
        "submitted": ("Submitted to the bank", "送银行审批"),
        "verdict": ("The bank’s verdict", "银行审批结果"),
        "loan_contract": ("Loan contract", "签订借款合同"),
        "pre_notice": ("Pre-notice registration", "预告登记"),
        "funding": ("Loan paid out", "银行放款"),
        "registration": ("Mortgage registered", "抵押登记"),
    },
    Family.AREA_SETTLEMENT: {
        "measured": ("Area measured", "面积实测"),
        "notice": ("Notice of the difference", "面积差异告知"),
        "choice": ("Choice after the survey", "面积误差的选择"),
        "money": ("Difference settled", "差价结算"),
    },
    Family.TITLE: {
        "first_registration": ("Building registered", "首次登记（大证）"),
        "papers": ("Papers for the certificate", "办证资料收集"),
        "tax_and_fund": ("Tax and maintenance fund", "契税与维修基金"),
        "submitted": ("Submitted to the registry", "送登记机构"),
        "certificate": ("Certificate issued", "领取不动产权证"),
        "hand_out": ("Certificate handed out", "权证交付"),
    },
    Family.MOVE_IN: {
        "notice": ("Move-in notice", "入伙通知"),
        "appointment": ("Appointment", "预约收房"),
        "money_check": ("Payments checked", "款项核对"),
        "inspection": ("Inspection", "验房"),
        "repair": ("Repairs", "整改维修"),
        "keys": ("Keys handed over", "交付钥匙"),
    },
}

# Steps that only some sales need: nobody is told to expect them.
OPTIONAL = frozenset({(Family.AREA_SETTLEMENT, "choice"), (Family.MOVE_IN, "repair")})


def known_labels(family: Family, step: str) -> dict[str, str] | None:
    """What a step is called by language, if the house knows it."""
    known = STEPS[family].get(step)
    return {"en": known[0], "zh": known[1]} if known else None


def place_of(family: Family, step: str) -> int:
    """Where a step stands among those of its family; unknown ones come last."""
    order = list(STEPS[family])
    return order.index(step) if step in order else len(order)
