"""Money that came in: list, take, confirm."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from ledger.finance.kinds import Method
from ledger.finance.operations import confirm_receipt, take_receipt
from ledger.finance.queries import ReceiptFilter, ReceiptRow, get_receipt, list_receipts
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of

RECEIPT = answer_of(ReceiptRow, name="Receipt")


class ReceiptQuery(PageQuery):
    """Which receipts."""

    sale = fields.String(load_default=None)
    project = fields.String(load_default=None)
    paid_from = fields.Date(load_default=None)
    paid_to = fields.Date(load_default=None)


class Receipts(Schema):
    """Receipts, latest first."""

    rows = fields.List(fields.Nested(RECEIPT))


class NewReceipt(Schema):
    """Money that came in, for a sale or against a money to-do. ``key`` makes taking it twice harmless."""

    key = fields.String(required=True, validate=validate.Length(1, 100))
    sale_id = fields.String(load_default=None, allow_none=True)
    todo_id = fields.String(load_default=None, allow_none=True)
    amount_fen = fields.Integer(required=True, strict=True)
    method = fields.String(required=True, validate=validate.OneOf([method.value for method in Method]))
    paid_on = fields.Date(required=True)
    payer = fields.String(required=True, validate=validate.Length(1, 100))
    reference = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


@endpoint("GET", "/receipts", tag="receipts", query=ReceiptQuery, returns=Receipts)
def find_receipts(asked: Asked) -> Any:
    """List receipts."""
    q = asked.query
    where = ReceiptFilter(
        sale_id=q["sale"], project_id=q["project"], paid_from=q["paid_from"], paid_to=q["paid_to"]
    )
    start = (q["page"] - 1) * q["size"]
    return {"rows": list_receipts(asked.session, asked.actor, where, limit=q["size"], offset=start)}


@endpoint("POST", "/receipts", tag="receipts", body=NewReceipt, returns=RECEIPT, status=201)
def take(asked: Asked) -> Any:
    """Capture money that came in."""
    receipt = take_receipt(asked.session, asked.actor, asked.clock, **asked.body)
    return get_receipt(asked.session, asked.actor, receipt.id).row


@endpoint("POST", "/receipts/{receipt_id}/confirm", tag="receipts", returns=RECEIPT)
def confirm(asked: Asked, receipt_id: str) -> Any:
    """Confirm that the money arrived: it is numbered, posted and allocated, and the sale's process goes on."""
    confirm_receipt(asked.session, asked.actor, asked.clock, receipt_id=receipt_id)
    return get_receipt(asked.session, asked.actor, receipt_id).row
