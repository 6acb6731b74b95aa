"""Classes of age and spans of due dates in the reader's words."""

from __future__ import annotations

from flask_babel import gettext as _

from ledger.finance.reports.ageing import NOT_DUE, UNDATED, Band
from ledger.finance.reports.forecast import LATE, LATER, DueSpan


def band_name(band: Band) -> str:
    """A class of age in words."""
    if band.key == UNDATED:
        return _("No date yet")
    if band.key == NOT_DUE:
        return _("Not due")
    if band.days_to is None:
        return _("Over %(days)d days", days=(band.days_from or 1) - 1)
    return _("%(first)d–%(last)d days", first=band.days_from, last=band.days_to)


def span_name(span: DueSpan) -> str:
    """A part of the due dates in words; a month is its number."""
    words = {LATE: _("Overdue"), LATER: _("Later"), UNDATED: _("No date yet")}
    return words.get(span.key, span.key)
