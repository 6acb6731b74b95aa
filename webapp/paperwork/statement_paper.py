"""The statement of a sale or customer (对账单) as a paper, filled from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from channels.papers import Letterhead, StatementData, StatementLine, StatementOpen
from channels.papers.glyphs import legible
from channels.papers.render import Language
from kernel.clock import Clock, business_date
from ledger.finance.reports.statement import Move, Statement
from ledger.finance.sale_labels import SaleLabel
from ledger.organisation.models import Project
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.templates import words

MOVES: Mapping[str, words.Pair] = {
    "superseded": ("{item}（作废）", "{item}, superseded"),
    "written_off": ("{item}（减免核销）", "{item}, waived or written off"),
    "receive": ("收款", "Received"),
    "reverse": ("收款冲销", "Receipt reversed"),
    "refund": ("退款", "Refunded"),
    "move": ("款项转移", "Moved between sales"),
}
NO_DATE: words.Pair = ("未定", "no date yet")


def language_at(session: Session, clock: Clock, project_id: str) -> Language:
    """The language in which a project issues its papers today."""
    project = session.get_one(Project, project_id)
    return "en" if parameter(session, project.path, LANGUAGE, business_date(clock, project.zone)) == "en" else "zh"


def statement_paper(
    session: Session,
    clock: Clock,
    told: Statement,
    *,
    project_id: str,
    customer: str,
    number: str,
    labels: Mapping[str, SaleLabel],
    only: SaleLabel | None = None,
) -> tuple[StatementData, Language]:
    """What the paper says and in which language the project issues it; ``only`` is its one sale if it has one."""
    project = session.get_one(Project, project_id)
    today = business_date(clock, project.zone)
    language = language_at(session, clock, project_id)
    paper = StatementData(
        number=number,
        issued_on=today.isoformat(),
        letterhead=Letterhead(
            company=project.developer or project.name, project=project.name, address=project.address
        ),
        customer=customer,
        first=told.period.first.isoformat(),
        last=told.period.last.isoformat(),
        opening_fen=told.opening_fen,
        closing_fen=told.closing_fen,
        charged_fen=told.charged_fen,
        paid_fen=told.paid_fen,
        due_fen=told.due_fen,
        home=f"{only.project_name} {only.unit_label}" if only else "",
        sale_no=only.no if only else "",
        lines=tuple(
            StatementLine(
                on=move.on.isoformat(),
                text=move_words(move, language),
                note=move.number or ("" if only else _home(labels, move.sale_id)),
                charged_fen=move.charged_fen,
                paid_fen=move.paid_fen,
                balance_fen=balance,
            )
            for move, balance in told.balances()
        ),
        open=tuple(
            StatementOpen(
                text=words.named(words.RECEIVABLES, line.kind, language),
                note=_home(labels, line.sale_id),
                payer=words.named(words.DEBTORS, line.debtor, language),
                due=_due(line.due_on, language),
                open_fen=line.open_fen,
            )
            for line in told.open_lines
        ),
    )
    return legible(paper), language


def move_words(move: Move, language: Language) -> str:
    """What a line of the statement was."""
    item = words.named(words.RECEIVABLES, move.receivable_kind, language) if move.receivable_kind else ""
    pair = MOVES.get(move.kind)
    return words.say(pair, language).format(item=item) if pair else item or move.kind


def _home(labels: Mapping[str, SaleLabel], sale_id: str | None) -> str:
    label = labels.get(sale_id or "")
    return label.unit_label if label else ""


def _due(day: date | None, language: Language) -> str:
    return day.isoformat() if day else words.say(NO_DATE, language)
