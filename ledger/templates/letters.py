"""The kinds of letters that chase what is late (催款函): each level of the ladder has a text of its own."""

from __future__ import annotations

from ledger.templates.groups import (
    CONTRACT,
    HOME,
    PAPER,
    PLAN,
    SALE,
    SUBSCRIPTION,
    all_optional,
    given,
    given_money,
    known,
    lines,
)
from ledger.templates.kinds import Variable

LATE: tuple[Variable, ...] = (
    *PAPER, *HOME, *SALE, *all_optional(SUBSCRIPTION), *all_optional(CONTRACT), *PLAN,
    given("pay_by", "date", "付款期限", "To be paid by", "2026-10-10"),
    *given_money("total", "未付合计", "Open in all", 26_000_000),
    *given_money("interest", "逾期违约金", "Late interest", 135_200, optional=True),
    lines("overdue", "逾期款项", "What is late",
          known("no", "count", "序号", "No.", 1),
          known("name", "text", "款项", "Instalment", "首付款"),
          known("due", "date", "应付日期", "Due", "2026-09-10"),
          known("days", "count", "逾期天数", "Days late", 10),
          known("amount", "money", "应付金额", "Planned", 36_000_000),
          known("open", "money", "未付金额", "Open", 26_000_000), is_given=True),
)  # fmt: skip

# The letter of a level by the name that the table of levels calls it, with its names in Chinese and English.
LETTERS = {
    "second": ("arrears_second", "逾期付款提示函", "Letter: overdue payment"),
    "final": ("arrears_final", "最后催款函", "Letter: final reminder"),
    "demand": ("arrears_demand", "催告函", "Letter: formal demand"),
    "termination": ("arrears_termination", "解除合同通知书", "Letter: notice of termination"),
}


def letter_kind(level: str) -> str:
    """The kind of a level's letter; a level that an analyst calls otherwise is written with the first one."""
    return LETTERS.get(level, LETTERS["second"])[0]
