"""Bank statements: accounts, files brought whole or not at all, lines with what they may be, matches."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from marshmallow import Schema, fields, validate

from kernel.errors import AnswersInvalid, Invalid
from ledger.banking import operations as banking
from ledger.banking.accounts import list_bank_accounts
from ledger.banking.confirming import Confirmed
from ledger.banking.errors import StatementRefused
from ledger.banking.importing import ImportOutcome
from ledger.banking.kinds import Certainty, IgnoreReason, LineState
from ledger.banking.matching import Part, propose
from ledger.banking.queries import (
    LineFilter,
    LineRow,
    StatementRow,
    get_line,
    get_statement,
    list_lines,
    list_statements,
)
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of

STATEMENT = answer_of(StatementRow, name="BankStatement")
MATCHED = answer_of(Confirmed, name="BankMatch")
LINE = answer_of(LineRow, name="BankLine", leave_out=frozenset({"payer_index"}))
LARGEST = 10 * 1024 * 1024


class BankAccountShown(Schema):
    """A bank account; of its number only the first and last four digits are kept."""

    id = fields.String()
    project_id = fields.String()
    name = fields.String()
    number = fields.String()
    account = fields.String(metadata={"description": "The ledger account that its money is in"})


class BankAccounts(Schema):
    """The bank accounts of the projects in reach."""

    rows = fields.List(fields.Nested(BankAccountShown))


class NewStatement(Schema):
    """A statement as the bank gives it out, CSV or Excel."""

    account_id = fields.String(required=True)
    file_name = fields.String(required=True, validate=validate.Length(1, 160))
    content = fields.String(required=True, metadata={"description": "The file's bytes in base64"})
    columns = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class Statements(Schema):
    """Statements, latest first."""

    rows = fields.List(fields.Nested(STATEMENT))


class BankLineQuery(PageQuery):
    """Which lines."""

    state = fields.String(load_default="open", validate=validate.OneOf([one.value for one in LineState]))
    account = fields.String(load_default=None)
    statement = fields.String(load_default=None)
    project = fields.String(load_default=None)
    text = fields.String(load_default="")


class BankLines(Schema):
    """BankLines, oldest first."""

    rows = fields.List(fields.Nested(LINE))


class ProposalShown(Schema):
    """A way to match a line: its parts, how sure it is, and why."""

    parts = fields.List(fields.Nested(answer_of(Part, name="BankLinePart")))
    reasons = fields.List(fields.String())
    certainty = fields.String()


class Proposals(Schema):
    """What a line may be, the surest first; ``ignore`` says why it may be no buyer's payment."""

    proposals = fields.List(fields.Nested(ProposalShown))
    ignore = fields.String(allow_none=True)


class ShareGiven(Schema):
    """So many fen for a receivable, or for a sale by the order of contract or law."""

    amount_fen = fields.Integer(required=True, strict=True)
    receivable_id = fields.String(load_default=None, allow_none=True)
    sale_id = fields.String(load_default=None, allow_none=True)


class BankDivision(Schema):
    """How a line is divided; nothing given confirms its certain proposal."""

    shares = fields.List(fields.Nested(ShareGiven), load_default=list)
    certainty = fields.String(load_default="by_hand", validate=validate.OneOf([one.value for one in Certainty]))


class LeftOut(Schema):
    """Why a line is no buyer's payment."""

    reason_code = fields.String(required=True, validate=validate.OneOf([one.value for one in IgnoreReason]))
    note = fields.String(load_default="", validate=validate.Length(max=200))


class TakenBack(Schema):
    """Why a match is taken back."""

    reason = fields.String(required=True, validate=validate.Length(1, 400))


@endpoint("GET", "/bank-accounts", tag="banking", returns=BankAccounts)
def find_accounts(asked: Asked) -> Any:
    """List bank accounts."""
    return {"rows": list_bank_accounts(asked.session, asked.actor)}


@endpoint("GET", "/bank-statements", tag="banking", query=PageQuery, returns=Statements)
def find_statements(asked: Asked) -> Any:
    """List statements."""
    start = (asked.query["page"] - 1) * asked.query["size"]
    return {"rows": list_statements(asked.session, asked.actor, limit=asked.query["size"], offset=start)}


@endpoint("GET", "/bank-statements/{statement_id}", tag="banking", returns=STATEMENT)
def show_statement(asked: Asked, statement_id: str) -> Any:
    """Show a statement."""
    return get_statement(asked.session, asked.actor, statement_id)


@endpoint(
    "POST",
    "/bank-statements",
    tag="banking",
    body=NewStatement,
    returns=answer_of(ImportOutcome, name="BankStatementTaken"),
    status=201,
)
def bring(asked: Asked) -> Any:
    """Take a file in whole, or refuse it with every reason by line and field; the same file again adds nothing."""
    body = asked.body
    try:
        content = base64.b64decode(body["content"], validate=True)
    except binascii.Error as wrong:
        raise Invalid("content_not_base64", field="content") from wrong
    if len(content) > LARGEST:
        raise Invalid("file_too_large", field="content", most=LARGEST)
    given = {"account_id": body["account_id"], "file_name": body["file_name"], "columns": body["columns"]}
    try:
        return banking.import_statement(asked.session, asked.actor, asked.clock, content=content, **given)
    except StatementRefused as refused:
        raise AnswersInvalid(_by_place(refused)) from refused


def _by_place(refused: StatementRefused) -> dict[str, list[tuple[str, dict[str, object]]]]:
    """Reasons by ``line 7.balance``; what concerns the whole file stands under ``file``."""
    found: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for one in refused.problems:
        where = f"line {one.row}" if one.row else "file"
        place = f"{where}.{one.column}" if one.column else where
        found.setdefault(place, []).append((one.code, dict(one.params)))
    return found


@endpoint("GET", "/bank-lines", tag="banking", query=BankLineQuery, returns=BankLines)
def find_lines(asked: Asked) -> Any:
    """List lines, those that wait unless asked otherwise."""
    q = asked.query
    where = LineFilter(
        LineState(q["state"]),
        project_id=q["project"],
        account_id=q["account"],
        statement_id=q["statement"],
        search=q["text"],
    )
    start = (q["page"] - 1) * q["size"]
    return {"rows": list_lines(asked.session, asked.actor, where, limit=q["size"], offset=start)}


@endpoint("GET", "/bank-lines/{line_id}/proposals", tag="banking", returns=Proposals)
def find_proposals(asked: Asked, line_id: str) -> Any:
    """Show what a line that waits may be."""
    line = get_line(asked.session, asked.actor, line_id)
    if line.state is not LineState.OPEN:
        return {"proposals": [], "ignore": None}
    return propose(asked.session, [line])[line_id]


@endpoint(
    "POST",
    "/bank-lines/{line_id}/confirm",
    tag="banking",
    body=BankDivision,
    returns=answer_of(Confirmed, name="BankMatch"),
)
def confirm(asked: Asked, line_id: str) -> Any:
    """Confirm a match: its receipts are taken and confirmed; sent twice it takes no money twice."""
    act = (asked.session, asked.actor, asked.clock)
    if not asked.body["shares"]:
        return banking.confirm_certain(*act, line_id=line_id)
    shares = [banking.Share(**share) for share in asked.body["shares"]]
    certainty = Certainty(asked.body["certainty"])
    return banking.confirm_match(*act, line_id=line_id, shares=shares, certainty=certainty)


@endpoint("POST", "/bank-lines/{line_id}/ignore", tag="banking", body=LeftOut, returns=LINE)
def ignore(asked: Asked, line_id: str) -> Any:
    """Leave a line out."""
    given = {"reason": asked.body["reason_code"], "note": asked.body["note"]}
    banking.ignore_line(asked.session, asked.actor, asked.clock, line_id=line_id, **given)
    return get_line(asked.session, asked.actor, line_id)


@endpoint("POST", "/bank-lines/{line_id}/undo", tag="banking", body=TakenBack, returns=LINE)
def undo(asked: Asked, line_id: str) -> Any:
    """Take a match back by counter-entry; the line waits again."""
    banking.undo_match(asked.session, asked.actor, asked.clock, line_id=line_id, reason=asked.body["reason"])
    return get_line(asked.session, asked.actor, line_id)
