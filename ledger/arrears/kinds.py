"""The words of chasing arrears, with the trade's Chinese terms."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who is late with a line; who holds the role is chased, and nobody else (DOMAIN §4, who is late)."""

    BUYER = "buyer"  # 买受人
    BANK = "bank"  # 银行
    FUND_CENTRE = "fund_centre"  # 公积金中心
    US = "us"  # 本公司: no permit yet, so nobody may be asked for money


class Channel(StrEnum):
    """How a level reaches whom it is for. ``task`` goes to a role of the house at once, without a clerk's tick."""

    LETTER = "letter"  # 信函
    MAIL = "mail"  # 邮件
    SMS = "sms"  # 短信
    PHONE = "phone"  # 电话
    TASK = "task"  # 内部任务
    NONE = "none"  # 不催


class ProposalState(StrEnum):
    """Where a proposed level (催缴建议) stands."""

    OPEN = "open"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class Suspension(StrEnum):
    """What keeps a case's levels back."""

    PROMISE = "promise"  # 付款承诺
    BLOCK = "block"  # 暂停催缴
    SUPERVISOR = "supervisor"  # 主管处理


class EventKind(StrEnum):
    """What happened in a case."""

    CALLED = "called"
    BANK_CHASED = "bank_chased"
    BUYER_AT_FAULT = "buyer_at_fault"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    SUPERVISED = "supervised"
    DISPUTE_UPHELD = "dispute_upheld"
    DISPUTE_REJECTED = "dispute_rejected"
    BLOCK_LIFTED = "block_lifted"
    BLOCK_OVER = "block_over"
    DELIVERED = "delivered"
    LETTER_MADE = "letter_made"
    WITHDRAWN = "withdrawn"


class LegalKind(StrEnum):
    """A legal step (法律措施) that needs proof of delivery (送达回证)."""

    DEMAND = "demand"  # 催告函
    LAWYER_LETTER = "lawyer_letter"  # 律师函
    TERMINATION_NOTICE = "termination_notice"  # 解除通知
    LAWSUIT = "lawsuit"  # 起诉


class RunKind(StrEnum):
    """What a run does to many."""

    LEVELS = "levels"  # 日催缴
    SENDING = "sending"  # 批量发送


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"
    REFUSED = "refused"
