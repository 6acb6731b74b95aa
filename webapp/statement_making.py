"""A run of statements is worked off by jobs: sale by sale, each a unit of work; stopped, and taken up again."""

from __future__ import annotations

import hashlib
import time

import structlog
from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from channels.papers import issue
from channels.papers.errors import PaperError
from engine.jobs import order_delivery
from handlers.jobs import STATEMENTS
from kernel.actor import SYSTEM, Actor
from kernel.errors import Invalid, KeyturnError, Missing
from kernel.ids import new_id
from ledger.customers.masking import mask_name
from ledger.documents.models import Document
from ledger.documents.operations import store_document
from ledger.documents.queries import find_documents
from ledger.finance.reports.periods import Period
from ledger.finance.reports.statement import list_sale_ids, sale_holders, statement
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.sales.models import Sale
from ledger.staff.permissions import Permission
from ledger.staff.queries import actor_for
from webapp.db import Database
from webapp.finance.reports.exporting import exporter
from webapp.paperwork.statement_paper import language_at, statement_paper
from webapp.statement_runs import StatementItem, StatementRun

KIND = "statement"
MOST = 1_000
PORTION_SECONDS = 60.0
log = structlog.get_logger("keyturn.web")


def begin(
    session: Session, database: Database, actor: Actor, project_id: str, building_id: str | None, period: Period
) -> str:
    """Write down which sales get a statement and order the work; returns the run's id.

    Raises `Invalid` for none or too many.
    """
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
        begun_at=database.clock.now(),
    )
    session.add(run)
    session.flush()  # The items refer to the run.
    rows = [
        {"run_id": run.id, "position": position, "sale_id": sale_id, "state": "waiting"}
        for position, sale_id in enumerate(found)
    ]
    session.execute(insert(StatementItem), rows)
    order_portion(session, database, run.id)
    return run.id


def run_of(session: Session, actor: Actor, run_id: str) -> StatementRun:
    """Somebody's own run; raises `Missing` for anybody else's."""
    run = session.get(StatementRun, run_id)
    if run is None or run.person_id != actor.id:
        raise Missing("statement_run_missing", id=run_id)
    return run


def order_portion(session: Session, database: Database, run_id: str) -> None:
    """Let a job go on with a run, whoever looks at it or not; a job too many makes nothing twice."""
    order_delivery(session, database.clock.now(), STATEMENTS, {"run_id": run_id}, key=f"{STATEMENTS}:{new_id()}")


def work(database: Database, run_id: str, *, seconds: float = PORTION_SECONDS) -> None:
    """Go on with a run for about so long; what is left is ordered as the next job."""
    ends = time.monotonic() + seconds
    while (position := _next(database, run_id)) is not None:
        _do(database, run_id, position)
        if time.monotonic() >= ends:
            with database.unit_of_work(SYSTEM) as session:
                order_portion(session, database, run_id)
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


def _next(database: Database, run_id: str) -> int | None:
    """The position of the next sale of a run that goes on; ends one that has none."""
    with database.unit_of_work(SYSTEM) as session:
        run = session.get(StatementRun, run_id)
        if run is None or run.state != "running":
            return None
        waiting = (StatementItem.run_id == run_id) & (StatementItem.state == "waiting")
        position = session.scalar(select(func.min(StatementItem.position)).where(waiting))
        if position is None:
            run.state = "ended"
        return position


def _do(database: Database, run_id: str, position: int) -> None:
    try:
        with database.reading() as session:
            person = session.get_one(StatementRun, run_id).person_id
            actor = exporter(actor_for(session, person, database.clock))
        with database.unit_of_work(actor) as session:
            # Whoever marks it first makes it: two jobs of the same run make each paper once.
            if _mark(session, run_id, position, state="done"):
                run = session.get_one(StatementRun, run_id)
                document = _make(session, database, actor, run, position)
                session.get_one(StatementItem, (run_id, position)).document_id = document.id
    except OperationalError:
        raise
    except (KeyturnError, PaperError) as refusal:
        _refuse(database, run_id, position, refusal.code)
    except Exception as fault:
        log.error("statement failed", run=run_id, item=position, kind=type(fault).__name__)
        _refuse(database, run_id, position, "unexpected")


def _make(session: Session, database: Database, actor: Actor, run: StatementRun, position: int) -> Document:
    """The paper of one sale; one that says the same already is taken again."""
    sale = session.get_one(Sale, session.get_one(StatementItem, (run.id, position)).sale_id)
    label = label_sales(session, [sale.id])[sale.id]
    paper, language = statement_paper(
        session,
        database.clock,
        statement(session, sale_holders(session, actor, sale.id), Period(run.first, run.last)),
        project_id=label.project_id,
        customer=_named(actor, label, language_at(session, database.clock, label.project_id)),
        number=label.no,
        labels={sale.id: label},
        only=label,
    )
    pdf = issue(paper, language=language).pdf
    for earlier in find_documents(session, actor, subject="sale", subject_ids=[sale.id]):
        if earlier.kind == KIND and earlier.sha256 == hashlib.sha256(pdf).hexdigest():
            return earlier
    return store_document(
        session,
        actor,
        database.clock,
        kind=KIND,
        subject="sale",
        subject_id=sale.id,
        number=None,
        pdf=pdf,
        path=sale.path,
        filename=f"statement-{label.no}-{run.first}-{run.last}.pdf",
        template=KIND,
        language=language,
        owner_id=sale.owner_id,
    )


def _named(actor: Actor, label: SaleLabel, language: str) -> str:
    """Whom it is addressed to, shortened for who may not see customers there."""
    clear = actor.may(Permission.CUSTOMERS_VIEW, label.path)
    return (", " if language == "en" else "、").join(
        name if clear else mask_name(name) for name in label.buyer_names
    )


def _refuse(database: Database, run_id: str, position: int, code: str) -> None:
    with database.unit_of_work(SYSTEM) as session:
        _mark(session, run_id, position, state="refused", code=code[:60])


def _mark(session: Session, run_id: str, position: int, **values: str) -> bool:
    same = (
        (StatementItem.run_id == run_id)
        & (StatementItem.position == position)
        & (StatementItem.state == "waiting")
    )
    done = session.execute(update(StatementItem).where(same).values(**values))
    return isinstance(done, CursorResult) and done.rowcount == 1
