"""Receipts and invoices by number: ranges, papers, issuing, exchanging, voiding."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from ledger.papers.kinds import PaperKind, PaperState
from ledger.papers.operations import exchange_papers, issue_paper, receive_range, void_paper
from ledger.papers.queries import PaperFilter, PaperRow, RangeRow, get_paper, list_papers, list_ranges
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery

_KIND = validate.OneOf([one.value for one in PaperKind])


class RangeShown(Schema):
    """A range of numbers and what became of them."""

    id = fields.String()
    project_id = fields.String()
    kind = fields.String()
    first = fields.String()
    last = fields.String()
    holder_id = fields.String(allow_none=True)
    received_on = fields.Date()
    issued = fields.Integer()
    void = fields.Integer()
    returned = fields.Integer()
    left = fields.Integer()
    next = fields.String(allow_none=True)


class Ranges(Schema):
    """Ranges, latest first."""

    rows = fields.List(fields.Nested(RangeShown))


class RangeQuery(PageQuery):
    """Whose ranges."""

    project_id = fields.String(required=True)


class NewRange(Schema):
    """A range as its papers are numbered: first "000001" to last "000100"."""

    project_id = fields.String(required=True)
    kind = fields.String(required=True, validate=_KIND)
    prefix = fields.String(load_default="")
    first = fields.String(required=True)
    last = fields.String(required=True)
    received_on = fields.Date(required=True)
    holder_id = fields.String(load_default=None, allow_none=True)


class PaperShown(Schema):
    """A numbered paper; ``state`` is issued, exchanged, void or spoiled."""

    id = fields.String()
    number = fields.String()
    kind = fields.String()
    project_id = fields.String()
    sale_id = fields.String(allow_none=True)
    receipt_id = fields.String(allow_none=True)
    payer = fields.String(allow_none=True)
    amount_fen = fields.Integer()
    on_date = fields.Date()
    state = fields.String()
    reason = fields.String(allow_none=True)


class Papers(Schema):
    """Papers, latest first."""

    rows = fields.List(fields.Nested(PaperShown))


class PaperQuery(PageQuery):
    """Which papers."""

    project = fields.String(load_default=None)
    sale = fields.String(load_default=None)
    receipt = fields.String(load_default=None)
    kind = fields.String(load_default=None, validate=_KIND)
    state = fields.String(load_default=None, validate=validate.OneOf([one.value for one in PaperState]))
    text = fields.String(load_default="")


class NewPaper(Schema):
    """The receipt that the next number of a range acknowledges."""

    receipt_id = fields.String(required=True)
    kind = fields.String(load_default="receipt", validate=_KIND)
    range_id = fields.String(load_default=None, allow_none=True)


class Exchange(Schema):
    """Receipts of one sale that are handed in for one invoice."""

    paper_ids = fields.List(fields.String(), required=True, validate=validate.Length(1, 200))
    payer = fields.String(load_default=None, allow_none=True)
    range_id = fields.String(load_default=None, allow_none=True)


class Voiding(Schema):
    """Why a paper is void."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


def _range(row: RangeRow) -> dict[str, Any]:
    one = row.range
    return {
        "id": one.id, "project_id": one.project_id, "kind": one.kind, "first": one.label(one.first),
        "last": one.label(one.last), "holder_id": one.holder_id, "received_on": one.received_on,
        "issued": row.issued, "void": row.void, "returned": row.returned, "left": row.left, "next": row.next_label,
    }  # fmt: skip


def _paper(row: PaperRow) -> dict[str, Any]:
    one = row.paper
    return {
        "id": one.id, "number": one.label, "kind": one.kind, "project_id": one.project_id, "sale_id": one.sale_id,
        "receipt_id": one.receipt_id, "payer": one.payer, "amount_fen": one.amount_fen, "on_date": one.on_date,
        "state": row.state, "reason": row.reason,
    }  # fmt: skip


def _one(asked: Asked, paper_id: str) -> dict[str, Any]:
    return _paper(get_paper(asked.session, asked.actor, paper_id).row)


@endpoint("GET", "/paper-ranges", tag="papers", query=RangeQuery, returns=Ranges)
def find_ranges(asked: Asked) -> Any:
    """List number ranges of a project."""
    q = asked.query
    limit = {"limit": q["size"], "offset": (q["page"] - 1) * q["size"]}
    return {"rows": [_range(row) for row in list_ranges(asked.session, asked.actor, q["project_id"], **limit)]}


@endpoint("POST", "/paper-ranges", tag="papers", body=NewRange, returns=RangeShown, status=201)
def receive(asked: Asked) -> Any:
    """Take a range of numbers in."""
    received = receive_range(asked.session, asked.actor, asked.clock, **asked.body)
    return _range(RangeRow(received, 0, 0, 0, 0))


@endpoint("GET", "/papers", tag="papers", query=PaperQuery, returns=Papers)
def find_papers(asked: Asked) -> Any:
    """List numbered papers."""
    q = asked.query
    where = PaperFilter(
        project_id=q["project"],
        sale_id=q["sale"],
        receipt_id=q["receipt"],
        kind=PaperKind(q["kind"]) if q["kind"] else None,
        state=PaperState(q["state"]) if q["state"] else None,
        search=q["text"],
    )
    limit = {"limit": q["size"], "offset": (q["page"] - 1) * q["size"]}
    return {"rows": [_paper(row) for row in list_papers(asked.session, asked.actor, where, **limit)]}


@endpoint("POST", "/papers", tag="papers", body=NewPaper, returns=PaperShown, status=201)
def issue(asked: Asked) -> Any:
    """Issue the next number for a receipt; one that has a paper keeps it."""
    return _one(asked, issue_paper(asked.session, asked.actor, asked.clock, **asked.body).id)


@endpoint("POST", "/papers/exchange", tag="papers", body=Exchange, returns=PaperShown, status=201)
def exchange(asked: Asked) -> Any:
    """Take receipts in for one invoice over their sum."""
    return _one(asked, exchange_papers(asked.session, asked.actor, asked.clock, **asked.body).id)


@endpoint("POST", "/papers/{paper_id}/void", tag="papers", body=Voiding, returns=PaperShown)
def void(asked: Asked, paper_id: str) -> Any:
    """Make a paper void with a reason; its number is never used again."""
    void_paper(asked.session, asked.actor, asked.clock, paper_id=paper_id, reason=asked.body["reason"])
    return _one(asked, paper_id)
