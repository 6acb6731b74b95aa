"""A run of statements: begun once, worked off sale by sale, stopped and taken up again; each is a unit of work."""

from __future__ import annotations

import hashlib
import time

import structlog
from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from channels.papers import issue
from channels.papers.errors import PaperError
from kernel.actor import Actor
from kernel.errors import Invalid, KeyturnError, Missing
from kernel.ids import new_id
from ledger.documents.models import Document
from ledger.documents.operations import store_document
from ledger.documents.queries import find_documents
from ledger.finance.reports.periods import Period
from ledger.finance.reports.statement import list_sale_ids
from ledger.sales.models import Sale
from webapp.acting import acting, clock, reading
from webapp.finance.reports.exporting import exporter
from webapp.finance.reports.statements import named, of_sale
from webapp.paperwork.statement_paper import statement_paper
from webapp.statement_runs import StatementItem, StatementRun

KIND = "statement"
MOST = 1_000
log = structlog.get_logger("keyturn.web")


def begin(session: Session, actor: Actor, project_id: str, building_id: str | None, period: Period) -> str:
    """Write down which sales get a statement; returns the run's id. Raises `Invalid` for none or too many."""
    found = list_sale_ids(session, actor, project_id=project_id, building_id=building_id, until=period.last)
    if not found:
        raise Invalid("statements_none", field="project")
    if len(found) > MOST:
        raise Invalid("statements_too_many", field="building", most=MOST)
    run = StatementRun(
        id=new_id(),
        person_id=actor.id,
        project_id=project_id,
        building_id=building_id,
        first=period.first,
        last=period.last,
        state="running",
        begun_at=clock().now(),
    )
    session.add(run)
    session.flush()  # The items refer to the run.
    rows = [
        {"run_id": run.id, "position": position, "sale_id": sale_id, "state": "waiting"}
        for position, sale_id in enumerate(found)
    ]
    session.execute(insert(StatementItem), rows)
    return run.id


def run_of(session: Session, actor: Actor, run_id: str) -> StatementRun:
    """Somebody's own run; raises `Missing` for anybody else's."""
    run = session.get(StatementRun, run_id)
    if run is None or run.person_id != actor.id:
        raise Missing("statement_run_missing", id=run_id)
    return run


def work(run_id: str, seconds: float) -> None:
    """Go on with a run for about so long."""
    ends = time.monotonic() + seconds
    while (position := _next(run_id)) is not None:
        _do(run_id, position)
        if time.monotonic() >= ends:
            return


def turn(session: Session, actor: Actor, run_id: str, old: str, new: str) -> None:
    """Stop a run or let a stopped one go on. Raises `Missing`."""
    run = run_of(session, actor, run_id)
    if run.state == old:
        run.state = new


def counts(session: Session, run_id: str) -> dict[str, int]:
    """How many sales wait, are done, were refused."""
    query = select(StatementItem.state, func.count()).where(StatementItem.run_id == run_id)
    found = {str(row[0]): int(row[1]) for row in session.execute(query.group_by(StatementItem.state))}
    return {"waiting": 0, "done": 0, "refused": 0} | found


def items(session: Session, run_id: str, state: str) -> list[StatementItem]:
    """The sales of a run in one state, in their order."""
    query = select(StatementItem).where(StatementItem.run_id == run_id, StatementItem.state == state)
    return list(session.scalars(query.order_by(StatementItem.position)))


def _next(run_id: str) -> int | None:
    """The position of the next sale; ends a run that has none."""
    with reading() as (session, actor):
        run = run_of(session, actor, run_id)
        waiting = (StatementItem.run_id == run_id) & (StatementItem.state == "waiting")
        position = session.scalar(select(func.min(StatementItem.position)).where(waiting))
        state = run.state
    if state != "running" or position is not None:
        return position if state == "running" else None
    with acting() as (session, actor):
        turn(session, actor, run_id, "running", "ended")
    return None


def _do(run_id: str, position: int) -> None:
    try:
        with acting() as (session, actor):
            # Whoever marks it first makes it: the same run in two windows makes each paper once.
            if _mark(session, run_id, position, state="done"):
                document = _make(session, actor, run_of(session, actor, run_id), position)
                session.get_one(StatementItem, (run_id, position)).document_id = document.id
    except OperationalError:
        raise
    except (KeyturnError, PaperError) as refusal:
        _refuse(run_id, position, refusal.code)
    except Exception as fault:
        log.error("statement failed", run=run_id, item=position, kind=type(fault).__name__)
        _refuse(run_id, position, "unexpected")


def _make(session: Session, actor: Actor, run: StatementRun, position: int) -> Document:
    """The paper of one sale; one that says the same already is taken again."""
    sale = session.get_one(Sale, session.get_one(StatementItem, (run.id, position)).sale_id)
    account = of_sale(session, exporter(actor), sale.id, Period(run.first, run.last))
    paper, language = statement_paper(
        session,
        clock(),
        account.told,
        project_id=account.project_id,
        customer=named(actor, account),
        number=account.number,
        labels=account.labels,
        only=account.only,
    )
    pdf = issue(paper, language=language).pdf
    for earlier in find_documents(session, actor, subject="sale", subject_ids=[sale.id]):
        if earlier.kind == KIND and earlier.sha256 == hashlib.sha256(pdf).hexdigest():
            return earlier
    return store_document(
        session,
        actor,
        clock(),
        kind=KIND,
        subject="sale",
        subject_id=sale.id,
        number=None,
        pdf=pdf,
        path=sale.path,
        filename=f"statement-{account.number}-{run.first}-{run.last}.pdf",
        template=KIND,
        language=language,
        owner_id=sale.owner_id,
    )


def _refuse(run_id: str, position: int, code: str) -> None:
    with acting() as (session, actor):
        run_of(session, actor, run_id)
        _mark(session, run_id, position, state="refused", code=code[:60])


def _mark(session: Session, run_id: str, position: int, **values: str) -> bool:
    same = (
        (StatementItem.run_id == run_id)
        & (StatementItem.position == position)
        & (StatementItem.state == "waiting")
    )
    done = session.execute(update(StatementItem).where(same).values(**values))
    return isinstance(done, CursorResult) and done.rowcount == 1
