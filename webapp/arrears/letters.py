"""Letters of arrears (催款函): what is open line by line, numbered without gaps, stored with their hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.papers import ArrearsLetterData, ArrearsLine, Letterhead, issue
from channels.papers.render import Language
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.arrears.cases import note_event
from ledger.arrears.finding import Line
from ledger.arrears.kinds import EventKind
from ledger.arrears.models import ArrearsCase, ArrearsStep
from ledger.customers.reveal import identities_for_paper
from ledger.documents.models import Document
from ledger.documents.numbers import next_number
from ledger.documents.operations import store_document
from ledger.finance.models import Receivable
from ledger.finance.sale_labels import label_sales
from ledger.inventory.models import Unit
from ledger.organisation.models import PresalePermit, Project
from ledger.organisation.parameters import ARREARS_PAY_WITHIN, LANGUAGE
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.sales.queries import buyers_of
from ledger.sales.stage_models import Contract
from ledger.staff.queries import names
from ledger.templates import words

KIND, SUBJECT, NUMBERS = "arrears_letter", "arrears_step", "notice"


def store_letter(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    step: ArrearsStep,
    lines: Sequence[Line],
) -> Document:
    """Make the letter of a level that was just sent, and store it. Raises `PaperError` for what cannot be set."""
    language: Language = "en" if parameter(session, case.path, LANGUAGE, step.on_date) == "en" else "zh"
    number = next_number(session, NUMBERS, case.path, step.on_date)
    data = _data(session, actor, clock, case, step, lines, number, language)
    document = store_document(
        session,
        actor,
        clock,
        kind=KIND,
        subject=SUBJECT,
        subject_id=step.id,
        number=number,
        pdf=issue(data, language=language).pdf,
        path=case.path,
        template=f"{KIND}.{step.template}",
        language=language,
        owner_id=case.owner_id,
    )
    details = {"number": number, "document_id": document.id, "sha256": document.sha256}
    note_event(
        session,
        actor,
        clock,
        case,
        EventKind.LETTER_MADE,
        key=f"letter:{step.id}",
        subject_id=step.id,
        details=details,
    )
    return document


def _data(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    step: ArrearsStep,
    lines: Sequence[Line],
    number: str,
    language: Language,
) -> ArrearsLetterData:
    sale, project = session.get_one(Sale, case.sale_id), session.get_one(Project, case.project_id)
    people = _people(session, actor, clock, sale)
    contract = session.scalar(select(Contract.no).where(Contract.sale_id == sale.id))
    pay_by = step.on_date + timedelta(days=parameter(session, case.path, ARREARS_PAY_WITHIN, step.on_date))
    return ArrearsLetterData(
        number=number,
        issued_on=step.on_date.isoformat(),
        letterhead=Letterhead(
            company=project.developer or project.name, project=project.name, address=project.address
        ),
        kind=step.template,
        names=tuple(name for name, _address in people),
        address=next((address for _name, address in people if address), ""),
        home=f"{project.name} {label_sales(session, [sale.id])[sale.id].unit_label}",
        lines=_lines(session, lines, step.on_date, language),
        interest_fen=step.interest_fen,
        pay_by=pay_by.isoformat(),
        account=_account(session, sale),
        sale_no=sale.no,
        contract_no=contract or "",
        contact=names(session, [actor.id]).get(actor.id) or project.name,
    )


def _people(session: Session, actor: Actor, clock: Clock, sale: Sale) -> list[tuple[str, str]]:
    ids = [buyer.customer_id for buyer in buyers_of(session, [sale]).get(sale.id, ())] or [sale.customer_id]
    people = identities_for_paper(session, actor, clock, customer_ids=ids, purpose=f"paper:{KIND}")
    return [(people[customer_id].name, people[customer_id].address or "") for customer_id in ids]


def _lines(session: Session, lines: Sequence[Line], on: date, language: Language) -> tuple[ArrearsLine, ...]:
    ids = [line.receivable_id for line in lines]
    query = select(Receivable.id, Receivable.amount_fen).where(Receivable.id.in_(ids))
    amounts = {row.id: row.amount_fen for row in session.execute(query)}
    return tuple(
        ArrearsLine(
            name=words.named(words.RECEIVABLES, line.kind, language),
            due_on=line.due_on.isoformat(),
            days=(on - line.due_on).days,
            amount_fen=amounts[line.receivable_id],
            open_fen=line.open_fen,
        )
        for line in lines
    )


def _account(session: Session, sale: Sale) -> str:
    permit = session.scalars(
        select(PresalePermit).join(Unit, Unit.permit_id == PresalePermit.id).where(Unit.id == sale.unit_id)
    ).one_or_none()
    return f"{permit.bank} {permit.account}".strip() if permit else ""
