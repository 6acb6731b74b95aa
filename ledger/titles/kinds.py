"""The words of title cases, with the trade's Chinese terms."""

from __future__ import annotations

from enum import StrEnum


class TitleState(StrEnum):
    """How far a title case is; each names what has been reached (DOMAIN §3)."""

    MEASURED = "measured"  # 已实测, 待首次登记
    REGISTERED = "registered"  # 已首次登记, 资料收集中
    PAPERS = "papers"  # 资料齐全, 待缴税费
    PAID = "paid"  # 税费已缴, 待递件
    SUBMITTED = "submitted"  # 已递件
    ISSUED = "issued"  # 已出证
    HANDED_OVER = "handed_over"  # 已交付
    WITHDRAWN = "withdrawn"  # 已撤销


class DueRule(StrEnum):
    """What the statutory clock runs by (DOMAIN §3)."""

    CONTRACT = "contract"  # 合同约定日期
    PRESALE = "presale"  # 预售: 交房起
    FINISHED = "finished"  # 现售: 签约起


class HandedTo(StrEnum):
    """Who gets the certificate."""

    BUYER = "buyer"
    BANK = "bank"  # 有抵押的, 交银行


class TitleEventKind(StrEnum):
    """What happened in a title case."""

    OPENED = "opened"
    REGISTERED = "registered"
    PAPERS = "papers"
    PAID = "paid"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ISSUED = "issued"
    HANDED_OVER = "handed_over"
    CLOCK = "clock"
    LATE = "late"
    BEGUN_ANEW = "begun_anew"
    WITHDRAWN = "withdrawn"


PAPERS = ("contract", "invoice", "id_copies", "application", "tax_proof", "fund_proof", "survey_drawing")
"""The checklist of the registry: contract, invoice, ID copies, application, tax and fund proofs, floor plan."""
CLOSED = (TitleState.HANDED_OVER, TitleState.WITHDRAWN)
