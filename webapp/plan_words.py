"""The lines of payment plans in the reader's words: as they are proposed, and applied to a total."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from ledger.finance.kinds import ShareKind, TriggerKind
from ledger.finance.plans import PlanLine, PlannedLine
from webapp.formatting import day, percent, yuan
from webapp.wording import state_name


def share_words(line: PlanLine) -> str:
    """How much a line is."""
    share = line.share
    if share.kind is ShareKind.REMAINDER:
        return _("the remainder")
    words = percent(share.value) if share.kind is ShareKind.BASIS_POINTS else f"¥{yuan(share.value)}"
    if not share.cap_fen:
        return words
    return _("%(share)s, at most ¥%(cap)s", share=words, cap=yuan(share.cap_fen))


def due_words(line: PlanLine | PlannedLine) -> str:
    """When a line falls due."""
    trigger = line.trigger
    if trigger.kind is TriggerKind.ON_DATE:
        return day(trigger.on)
    if trigger.kind is TriggerKind.MILESTONE:
        name = state_name(f"milestone.{trigger.milestone}")
        if not trigger.days:
            return name
        return ngettext("%(num)d day after: %(what)s", "%(num)d days after: %(what)s", trigger.days, what=name)
    if not trigger.days:
        return _("on signing")
    return ngettext("%(num)d day after signing", "%(num)d days after signing", trigger.days)
