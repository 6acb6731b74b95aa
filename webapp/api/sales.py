"""Sales: list, look, account."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from kernel.clock import business_date
from ledger.finance.queries import AccountLine, sale_account
from ledger.sales import queries
from ledger.sales.lists import SaleFilter, SaleRow, count_sales, find_sales
from ledger.sales.queries import BuyerView, LineStep
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery, Part
from webapp.api.shapes import answer_of, page_of

SALE = answer_of(SaleRow, name="Sale")


class SaleQuery(PageQuery):
    """Which sales."""

    project = fields.String(load_default=None)
    stage = fields.String(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(["live", "closed"]))
    unit = fields.String(load_default=None)
    customer = fields.String(load_default=None)
    text = fields.String(load_default="", validate=validate.Length(max=40))


class SaleDetails(Schema):
    """A sale with its buyers and its line of dates."""

    sale_id = fields.String()
    no = fields.String()
    stage = fields.String()
    state = fields.String()
    unit_label = fields.String()
    list_price_fen = fields.Integer()
    deal_price_fen = fields.Integer(allow_none=True)
    effective_discount_bp = fields.Integer(allow_none=True)
    instance_id = fields.String(allow_none=True)
    buyers = fields.List(fields.Nested(answer_of(BuyerView, name="Buyer")))
    line = fields.List(fields.Nested(answer_of(LineStep)))


class Account(Schema):
    """The money of a sale: every line with what is owed, paid, open and late, and the sums."""

    sale_id = fields.String()
    on = fields.Date()
    total_fen = fields.Integer(allow_none=True)
    received_fen = fields.Integer()
    refunded_fen = fields.Integer()
    allocated_fen = fields.Integer()
    open_fen = fields.Integer()
    due_fen = fields.Integer()
    overdue_fen = fields.Integer()
    credit_fen = fields.Integer()
    lines = fields.List(fields.Nested(answer_of(AccountLine)))


@endpoint("GET", "/sales", tag="sales", query=SaleQuery, returns=page_of(SALE, "SalePage"))
def list_sales(asked: Asked) -> Any:
    """List sales, newest first."""
    q = asked.query
    wanted = SaleFilter(
        project_id=q["project"],
        stages=(q["stage"],) if q["stage"] else (),
        state=q["state"],
        unit_id=q["unit"],
        customer_id=q["customer"],
        text=q["text"],
    )
    start = (q["page"] - 1) * q["size"]
    rows = find_sales(asked.session, asked.actor, wanted, limit=q["size"], offset=start)
    count = count_sales(asked.session, asked.actor, wanted)
    return Part(rows, min(count, 1000), count > 1000)


@endpoint("GET", "/sales/{sale_id}", tag="sales", returns=SaleDetails)
def get_sale(asked: Asked, sale_id: str) -> Any:
    """Show a sale."""
    found = queries.get_sale(asked.session, asked.actor, sale_id)
    sale = found.sale
    return {
        "sale_id": sale.id,
        "no": sale.no,
        "stage": sale.stage,
        "state": sale.state,
        "unit_label": found.unit_label,
        "list_price_fen": sale.list_price_fen,
        "deal_price_fen": sale.deal_price_fen,
        "effective_discount_bp": sale.effective_discount_bp,
        "instance_id": sale.instance_id,
        "buyers": found.buyers,
        "line": queries.sale_line(asked.session, asked.actor, sale_id),
    }


@endpoint("GET", "/sales/{sale_id}/account", tag="sales", returns=Account)
def account(asked: Asked, sale_id: str) -> Any:
    """Show the money of a sale as of today."""
    return sale_account(asked.session, asked.actor, sale_id, business_date(asked.clock))
