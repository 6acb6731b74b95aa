"""The approval sheet (审批单) of a case."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from webapp.api.endpoint import Asked, endpoint
from webapp.approval_sheet.views import sheet_answer
from webapp.language import LANGUAGES


class SheetQuery(Schema):
    """In which language a case is printed as it stands now; the kept sheet has its own."""

    language = fields.String(load_default="", validate=validate.OneOf(["", *LANGUAGES]))


@endpoint(
    "GET", "/instances/{instance_id}/approval-sheet", tag="instances", query=SheetQuery, media="application/pdf"
)
def get_approval_sheet(asked: Asked, instance_id: str) -> Any:
    """Fetch the kept approval sheet of a case; while its approval runs, a preview that is marked as such."""
    return sheet_answer(asked.session, asked.actor, instance_id, asked.query["language"])
