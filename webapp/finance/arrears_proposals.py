"""Proposals (催缴清单): what is to be said to whom; the clerk ticks and sends. The runs and their progress."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.arrears import proposing, runs
from ledger.arrears.kinds import Channel, Role, RunKind, RunState
from ledger.arrears.queries import ProposalFilter, count_proposals, list_proposals
from ledger.arrears.undelivered import list_undelivered
from ledger.finance.sale_labels import label_sales
from ledger.organisation.queries import list_projects, top_path
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, database, reading
from webapp.arrears.running import order_portion
from webapp.current import may
from webapp.finance.desk import PAGE_SIZE, asked, page_offset, pages, today
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import word

_LEVELS = range(7)


@pages.get("/arrears/proposals")
def arrears_proposals() -> str:
    """What waits to be sent, by its earliest day."""
    where = _asked_for()
    with reading() as (session, actor):
        rows = list_proposals(session, actor, where, on=today(), limit=PAGE_SIZE + 1, offset=page_offset())
        lost = list_undelivered(session, actor)
        return render_template(
            "finance/arrears_proposals.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            where=where,
            count=count_proposals(session, actor, where),
            labels=label_sales(session, [row.sale_id for row in (*rows, *lost)]),
            lost=lost,
            projects={p.id: p.name for p in list_projects(session, actor, Permission.FINANCE_VIEW)},
            levels=_LEVELS,
            on=today(),
            latest=next(iter(runs.list_runs(session, actor, limit=1)), None),
            may_chase=may(Permission.FINANCE_CHASE),
            wording=word,
        )


def _asked_for() -> ProposalFilter:
    role, channel = asked("role", Role), asked("channel", Channel)
    level = request.args.get("level", type=int)
    return ProposalFilter(
        project_id=request.args.get("project") or None,
        role=Role(role) if role else None,
        channel=Channel(channel) if channel else None,
        level=level if level in _LEVELS else None,
        ready_on=None if request.args.get("due") == "all" else today(),
        failed=request.args.get("due") == "failed",
    )


@pages.post("/arrears/proposals/send")
def send_proposals() -> Response:
    """Order that the ticked proposals be sent; the page of the run shows how far it is."""
    with acting() as (session, actor):

        def act() -> str:
            run = runs.begin_sending(session, actor, clock(), proposal_ids=request.form.getlist("id"), on=today())
            order_portion(session, database(), run)
            return url_for("finance.arrears_run", run_id=run.id)

        address = once(session, actor, clock(), act)
    return redirect(address)


@pages.post("/arrears/proposals/<proposal_id>/withdraw")
def withdraw_proposal(proposal_id: str) -> Response:
    """Leave a level out, with the reason."""
    with acting() as (session, actor):
        proposing.withdraw_proposal(
            session, actor, clock(), proposal_id=proposal_id, reason=request.form.get("reason", "")
        )
    flash(_("The proposal is withdrawn. It is not proposed again for these instalments."), "success")
    return redirect(url_for("finance.arrears_proposals"))


@pages.get("/arrears/runs")
def arrears_runs() -> str:
    """The latest runs, daily ones and sendings."""
    with reading() as (session, actor):
        found = runs.list_runs(session, actor, limit=PAGE_SIZE)
        return render_template(
            "finance/arrears_runs.html",
            rows=found,
            people=staff.names(session, {run.begun_by for run in found}),
            may_chase=may(Permission.FINANCE_CHASE),
        )


@pages.post("/arrears/runs")
def begin_arrears_run() -> Response:
    """Begin the daily run by hand, for all that the clerk answers for."""
    with acting() as (session, actor):

        def act() -> str:
            begun = []
            for path in _own_paths(actor) or [top_path(session)]:
                run, is_new = runs.begin_run(session, actor, clock(), path=path, on=today())
                if is_new:
                    order_portion(session, database(), run)
                begun.append(run.id)
            return (
                url_for("finance.arrears_run", run_id=begun[0])
                if len(begun) == 1
                else url_for("finance.arrears_runs")
            )

        address = once(session, actor, clock(), act)
    return redirect(address)


def _own_paths(actor: Actor) -> list[str]:
    """The nodes at which somebody chases arrears, without those that lie below another."""
    paths = sorted({grant.path for grant in actor.grants if Permission.FINANCE_CHASE in grant.permissions})
    return [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]


@pages.get("/arrears/runs/<run_id>")
def arrears_run(run_id: str) -> str:
    """How far a run is, and what failed in it; asked again while it goes on."""
    return _run_page(run_id)


@pages.post("/arrears/runs/<run_id>/stop")
def stop_arrears_run(run_id: str) -> Response:
    """Begin with no further case."""
    with acting() as (session, actor):
        runs.stop_run(session, actor, clock(), run_id=run_id)
    return redirect(url_for("finance.arrears_run", run_id=run_id))


def _run_page(run_id: str) -> str:
    with reading() as (session, actor):
        run = runs.get_run(session, actor, run_id)
        failed = runs.failed_items(session, run_id)
        labels = runs.label_items(session, run, failed)
        part = bool(request.headers.get("HX-Request"))
        return render_template(
            "finance/_arrears_run.html" if part else "finance/arrears_run.html",
            run=run,
            goes_on=run.state is RunState.RUNNING,
            sending=run.kind is RunKind.SENDING,
            failed=failed,
            labels=label_sales(session, labels.values()),
            sale_of=labels,
            people=staff.names(session, {run.begun_by}),
            wording=word,
            may_chase=may(Permission.FINANCE_CHASE),
        )
