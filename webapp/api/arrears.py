"""Arrears: cases, what is proposed to be sent, and the runs that find and send."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from ledger.arrears import proposing, runs
from ledger.arrears.kinds import Channel
from ledger.arrears.queries import CaseFilter, CaseRow, ProposalFilter, ProposalRow, list_cases, list_proposals
from ledger.arrears.undelivered import Undelivered, list_undelivered
from webapp.acting import database
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of
from webapp.arrears.running import order_portion


class CaseQuery(PageQuery):
    """Which cases."""

    project = fields.String(load_default=None)
    level = fields.Integer(load_default=None, allow_none=True)
    closed = fields.Boolean(load_default=False)


class Cases(Schema):
    """Cases, the longest late first."""

    rows = fields.List(fields.Nested(answer_of(CaseRow, name="ArrearsCase")))


class ProposalQuery(PageQuery):
    """Which proposals; those that may be sent today unless ``later`` is asked for too."""

    project = fields.String(load_default=None)
    channel = fields.String(load_default=None, validate=validate.OneOf([one.value for one in Channel]))
    level = fields.Integer(load_default=None, allow_none=True)
    later = fields.Boolean(load_default=False)
    failed = fields.Boolean(load_default=False)


class ArrearsProposals(Schema):
    """Proposals by their earliest day."""

    rows = fields.List(fields.Nested(answer_of(ProposalRow, name="ArrearsProposal")))


class Lost(Schema):
    """Messages that did not arrive, latest first."""

    rows = fields.List(fields.Nested(answer_of(Undelivered, name="ArrearsUndelivered")))


class RunShown(Schema):
    """How far a run is; ``note`` is ``bank_lines_wait`` where lines wait to be matched."""

    id = fields.String()
    kind = fields.String()
    state = fields.String()
    path = fields.String()
    on_date = fields.Date()
    total = fields.Integer()
    done = fields.Integer()
    failed = fields.Integer()
    note = fields.String(allow_none=True)
    waiting_lines = fields.Integer(allow_none=True)
    begun_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class RunAsked(Schema):
    """Where the run looks: a node of the organisation by its path."""

    path = fields.String(required=True)


class Sending(Schema):
    """Which proposals are sent."""

    proposal_ids = fields.List(fields.String(), required=True, validate=validate.Length(1, runs.MOST))


class LevelLeftOut(Schema):
    """Why a level is left out."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


def _start(asked: Asked) -> int:
    return int((asked.query["page"] - 1) * asked.query["size"])


@endpoint("GET", "/arrears/cases", tag="arrears", query=CaseQuery, returns=Cases)
def find_cases(asked: Asked) -> Any:
    """List arrears cases."""
    q = asked.query
    where = CaseFilter(project_id=q["project"], level=q["level"], closed=q["closed"])
    on = runs.today_of(asked.clock)
    return {"rows": list_cases(asked.session, asked.actor, where, on=on, limit=q["size"], offset=_start(asked))}


@endpoint("GET", "/arrears/proposals", tag="arrears", query=ProposalQuery, returns=ArrearsProposals)
def find_arrears_proposals(asked: Asked) -> Any:
    """List what is proposed to be sent."""
    q, on = asked.query, runs.today_of(asked.clock)
    where = ProposalFilter(
        project_id=q["project"],
        channel=Channel(q["channel"]) if q["channel"] else None,
        level=q["level"],
        ready_on=None if q["later"] else on,
        failed=q["failed"],
    )
    limit = {"limit": q["size"], "offset": _start(asked)}
    return {"rows": list_proposals(asked.session, asked.actor, where, on=on, **limit)}


@endpoint("POST", "/arrears/proposals/{proposal_id}/withdraw", tag="arrears", body=LevelLeftOut)
def withdraw(asked: Asked, proposal_id: str) -> Any:
    """Leave a level out with a reason; it does not come again for those instalments."""
    proposing.withdraw_proposal(
        asked.session, asked.actor, asked.clock, proposal_id=proposal_id, reason=asked.body["reason"]
    )


@endpoint("GET", "/arrears/undelivered", tag="arrears", returns=Lost)
def find_undelivered(asked: Asked) -> Any:
    """List messages of open cases that did not arrive."""
    return {"rows": list_undelivered(asked.session, asked.actor, limit=200)}


@endpoint("POST", "/arrears/runs", tag="arrears", body=RunAsked, returns=RunShown, status=201)
def begin_run(asked: Asked) -> Any:
    """Begin the daily run at a node; one that runs there already is returned, and a refused one says so."""
    on = runs.today_of(asked.clock)
    run, is_new = runs.begin_run(asked.session, asked.actor, asked.clock, path=asked.body["path"], on=on)
    if is_new:
        order_portion(asked.session, database(), run)
    return run


@endpoint("POST", "/arrears/sendings", tag="arrears", body=Sending, returns=RunShown, status=201)
def begin_sending(asked: Asked) -> Any:
    """Order that proposals be sent, one unit of work each."""
    ids, on = asked.body["proposal_ids"], runs.today_of(asked.clock)
    run = runs.begin_sending(asked.session, asked.actor, asked.clock, proposal_ids=ids, on=on)
    order_portion(asked.session, database(), run)
    return run


@endpoint("GET", "/arrears/runs/{run_id}", tag="arrears", returns=RunShown)
def show_run(asked: Asked, run_id: str) -> Any:
    """Show how far a run is."""
    return runs.get_run(asked.session, asked.actor, run_id)


@endpoint("POST", "/arrears/runs/{run_id}/stop", tag="arrears", returns=RunShown)
def stop_run(asked: Asked, run_id: str) -> Any:
    """Begin with no further case; what is done stays done."""
    runs.stop_run(asked.session, asked.actor, asked.clock, run_id=run_id)
    return runs.get_run(asked.session, asked.actor, run_id)
