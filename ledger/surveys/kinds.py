"""The words of surveys and area settlements, with the trade's Chinese terms."""

from __future__ import annotations

from enum import StrEnum


class SurveyKind(StrEnum):
    """Which areas a survey tells."""

    MEASURED = "measured"  # 实测
    REGISTERED = "registered"  # 产权登记


class SurveyState(StrEnum):
    """Where a survey stands: only a released one settles anything."""

    PROPOSED = "proposed"
    RELEASED = "released"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class AreaRule(StrEnum):
    """What the contract says about a difference (面积补差规则), as parameter ``area_rule`` freezes it."""

    CONTRACT_PRICE = "contract_price"  # at contract price within the tolerance, beyond it by art. 20
    WHOLE_DIFFERENCE = "whole_difference"  # 据实结算: all of it at contract price
    NONE = "none"  # 不补差


class Verdict(StrEnum):
    """How a difference lies to the tolerance."""

    NOTHING = "nothing"
    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"


class SettlementState(StrEnum):
    """Where an area settlement stands."""

    OPEN = "open"
    ASKING = "asking"  # beyond the tolerance: the buyer chooses
    RESCINDING = "rescinding"
    POSTED = "posted"
    SETTLED = "settled"
    NOTHING = "nothing"
    WITHDRAWN = "withdrawn"


class Choice(StrEnum):
    """What the buyer wants beyond the tolerance (DOMAIN §5)."""

    KEEP = "keep"
    RESCIND = "rescind"


class RunKind(StrEnum):
    """What a run over a building does."""

    AREA = "area"  # 面积补差: a case per sale
    TITLE = "title"  # 产权办理: a case per sale
    SUBMISSION = "submission"  # 批量递件


CLOSED = (SettlementState.SETTLED, SettlementState.NOTHING, SettlementState.WITHDRAWN)
