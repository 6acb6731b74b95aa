"""A run of statements is worked off by jobs: sale by sale, each a unit of work; stopped, and taken up again."""

from __future__ import annotations

import hashlib

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from channels.papers import issue
from handlers.jobs import STATEMENTS
from kernel.actor import Actor
from kernel.errors import Invalid, Missing
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
from webapp.portions import PORTION_SECONDS, order_portion, work_off
from webapp.statement_runs import SALES, StatementItem, StatementRun

KIND = "statement"
MOST = 1_000


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
    order_rest(session, database, run.id)
    return run.id


def run_of(session: Session, actor: Actor, run_id: str) -> StatementRun:
    """Somebody's own run; raises `Missing` for anybody else's."""
    run = session.get(StatementRun, run_id)
    if run is None or run.person_id != actor.id:
        raise Missing("statement_run_missing", id=run_id)
    return run


def order_rest(session: Session, database: Database, run_id: str) -> None:
    """Let a job go on with a run, whoever looks at it or not."""
    order_portion(session, database, STATEMENTS, run_id)


def stop(session: Session, database: Database, actor: Actor, run_id: str) -> None:
    """Make no further statement; what is made stays. Raises `Missing`."""
    run_of(session, actor, run_id)
    SALES.stop(session, run_id, database.clock.now())


def go_on(session: Session, database: Database, actor: Actor, run_id: str) -> None:
    """Take a stopped run up again, with the rest. Raises `Missing`."""
    run_of(session, actor, run_id)
    if SALES.go_on(session, run_id):
        order_rest(session, database, run_id)


def work(database: Database, run_id: str, *, seconds: float = PORTION_SECONDS, most: int | None = None) -> None:
    """Go on with a run for about so long; what is left is ordered as the next job."""

    def orderer() -> Actor:
        """Whoever ordered it, with the rights of now."""
        with database.reading() as session:
            person = session.get_one(StatementRun, run_id).person_id
            return exporter(actor_for(session, person, database.clock))

    def make(session: Session, sale_id: str) -> None:
        run = session.get_one(StatementRun, run_id)
        of_sale = (StatementItem.run_id == run_id) & (StatementItem.sale_id == sale_id)
        item = session.scalars(select(StatementItem).where(of_sale)).one()
        item.document_id = _make(session, database, orderer(), run, sale_id).id

    work_off(
        database,
        SALES,
        run_id,
        make,
        units=lambda: database.unit_of_work(orderer()),
        seconds=seconds,
        most=most,
        order_rest=lambda session: order_rest(session, database, run_id),
    )


def _make(session: Session, database: Database, actor: Actor, run: StatementRun, sale_id: str) -> Document:
    """The paper of one sale; one that says the same already is taken again."""
    sale = session.get_one(Sale, sale_id)
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
