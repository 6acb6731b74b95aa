"""The words of handing over: how far a case is, what was said of a part, what became of a defect."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """How far a hand-over is (DOMAIN §3)."""

    NOTIFIED = "notified"  # 已通知
    APPOINTED = "appointed"  # 已预约
    MONEY = "money"  # 到场，款项未清
    INSPECTION = "inspection"  # 验房
    REFUSED = "refused"  # 拒收
    REPAIRS = "repairs"  # 整改
    HANDED_OVER = "handed_over"  # 已交钥匙
    CLOSED = "closed"  # 已完结
    WITHDRAWN = "withdrawn"  # 已撤销


OVER = (CaseState.CLOSED, CaseState.WITHDRAWN)


class AppointmentState(StrEnum):
    """What became of an appointment (预约)."""

    BOOKED = "booked"
    MOVED = "moved"  # 改约
    KEPT = "kept"  # 到场
    MISSED = "missed"  # 爽约
    CANCELLED = "cancelled"


class Booker(StrEnum):
    """Who chose the appointment."""

    BUYER = "buyer"
    CLERK = "clerk"


class Verdict(StrEnum):
    """What an inspector says of a part."""

    OK = "ok"
    DEFECT = "defect"


class EntryState(StrEnum):
    """What became of what an inspector entered: it stands, or it met another's and waits for a person."""

    APPLIED = "applied"
    CONFLICT = "conflict"


class Choice(StrEnum):
    """Which of two versions of a part a person lets stand."""

    STANDING = "standing"
    ENTERED = "entered"


class Outcome(StrEnum):
    """What the buyer says at the end of an inspection."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class DefectState(StrEnum):
    """How far a repair is (整改)."""

    OPEN = "open"
    REPAIRED = "repaired"
    ACCEPTED = "accepted"


class EventKind(StrEnum):
    """What happened to a hand-over; the board of a day counts these."""

    NOTIFIED = "notified"
    REMINDED = "reminded"
    APPOINTED = "appointed"
    NO_SHOW = "no_show"
    ARRIVED = "arrived"
    MONEY_OPEN = "money_open"
    MONEY_CLEAR = "money_clear"
    ARREARS_ALLOWED = "arrears_allowed"
    INSPECTED = "inspected"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REFUSAL_JUDGED = "refusal_judged"
    REPAIRED = "repaired"
    REINSPECTED = "reinspected"
    CONFLICT_DECIDED = "conflict_decided"
    RATED = "rated"
    ON_HOLD = "on_hold"
    RESUMED = "resumed"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
