"""Refused rows as sentences, for the command line's JSON and for pages, in English and Chinese."""

from __future__ import annotations

from ledger.inventory.import_plan import ImportReport
from ledger.inventory.price_list.rows import Refusal
from ledger.inventory.price_list.wording import Language, reason_text

_REASONS: dict[str, tuple[str, str]] = {
    "unit_sold": (
        "The unit is sold; its price and data stay as they were agreed. Take the row out of the list.",
        "该房源已售，价格与资料以成交时为准，请从价目表中删除该行。",
    ),
    "unit_taken": (
        "A sale holds the unit, so it cannot be withheld. End the hold or the small order first.",
        "该房源已被预留或小订，不能转为销控，请先解除预留或小订。",
    ),
}


def refusal_text(refusal: Refusal, language: Language = "en") -> str:
    """Why a row did not go in and what to do about it."""
    own = _REASONS.get(refusal.code)
    if own is not None:
        return own[1 if language == "zh" else 0]
    return reason_text(refusal.code, refusal.params, language)


def report_json(report: ImportReport, language: Language = "en") -> dict[str, object]:
    """The report as plain data: four counts, and the refused rows with sheet, row, unit and reason."""
    refused = [
        {"sheet": r.sheet, "row": r.row, "unit": r.unit, "reason": refusal_text(r, language)}
        for r in report.refused
    ]
    return {**report.counts, "refused": refused}
