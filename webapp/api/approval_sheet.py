"""The approval sheet (审批单) of a case."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from webapp.api.endpoint import Asked, endpoint
from webapp.approval_sheet.sheet import approval_sheet
from webapp.approval_sheet.views import pdf_answer
from webapp.language import LANGUAGES


class SheetQuery(Schema):
    """In which language it is printed."""

    language = fields.String(load_default="zh", validate=validate.OneOf(list(LANGUAGES)))


@endpoint(
    "GET", "/instances/{instance_id}/approval-sheet", tag="instances", query=SheetQuery, media="application/pdf"
)
def get_approval_sheet(asked: Asked, instance_id: str) -> Any:
    """Fetch the approval sheet of a case as it stands now."""
    number, paper = approval_sheet(asked.session, asked.actor, asked.clock, instance_id, asked.query["language"])
    return pdf_answer(paper.pdf, f"{number}.pdf")
