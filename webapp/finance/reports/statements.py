"""Statements (对账单) of a sale or a customer: on the page, as PDF, as Excel; found by project and building."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from channels.papers import issue
from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.customers.masking import mask_name
from ledger.customers.queries import names_seen
from ledger.finance.reports.collection import list_sale_flows
from ledger.finance.reports.periods import Period
from ledger.finance.reports.standing import ReportFilter
from ledger.finance.reports.statement import (
    Statement,
    customer_holders,
    list_buildings,
    sale_holders,
    statement,
)
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.current import may
from webapp.finance.desk import PAGE_SIZE, page_offset, pages
from webapp.finance.reports.asked import Asked, asked_filter, visible_projects
from webapp.finance.reports.collection import asked_period
from webapp.finance.reports.exporting import exporter, log_export, may_export
from webapp.finance.reports.workbook import Column, download, workbook
from webapp.formatting import day
from webapp.language import current_language
from webapp.page import asked_page
from webapp.paperwork.statement_paper import move_words, statement_paper

Answer = str | tuple[str, int]


@dataclass(frozen=True)
class Account:
    """A statement with what it is called: ``only`` is its one sale, ``path`` where it is at home."""

    told: Statement
    title: str
    number: str
    project_id: str
    path: str
    labels: Mapping[str, SaleLabel]
    only: SaleLabel | None = None

    @property
    def customer(self) -> str:
        """Whom it is addressed to."""
        return _(", ").join(self.only.buyer_names) if self.only else self.title


def of_sale(session: Session, actor: Actor, sale_id: str, period: Period) -> Account:
    """A sale's statement. Raises `SaleMissing` outside the actor's scope."""
    told = statement(session, sale_holders(session, actor, sale_id), period)
    label = label_sales(session, [sale_id])[sale_id]
    labels = {sale_id: label}
    return Account(told, label.unit_label, label.no, label.project_id, label.path, labels, label)


def of_customer(session: Session, actor: Actor, customer_id: str, period: Period) -> Account:
    """A customer's statement over all that the actor may see of him. Raises `Missing`."""
    holders = customer_holders(session, actor, customer_id)
    labels = label_sales(session, holders.sale_ids)
    name = names_seen(session, actor, [customer_id])[customer_id]
    places = {project.path: project.id for project in visible_projects(session, actor)}
    homes = {label.path: label.project_id for label in labels.values()}
    path = next(iter(homes), next((path for path in holders.paths if path in places), None))
    project_id = (homes | places).get(path or "")
    if path is None or project_id is None:
        abort(404)
    told = statement(session, holders, period)
    return Account(told, name, f"{customer_id[-8:].upper()}", project_id, path, labels)


_READERS: dict[str, Callable[[Session, Actor, str, Period], Account]] = {
    "sale": of_sale,
    "customer": of_customer,
}


@pages.get("/reports/statements")
def statement_list() -> Answer:
    """The sales of which statements can be made, the largest debt first."""
    where = ReportFilter(project_id=asked_filter().project_id)
    with reading() as (session, actor):
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        period = asked_period(session, actor, wish)
        read = {"limit": PAGE_SIZE + 1, "offset": page_offset()}
        rows = [] if wish.errors else list_sale_flows(session, actor, where, period, **read)
        labels = label_sales(session, [row.key for row in rows if row.key])
        buildings = list_buildings(session, actor, where.project_id) if where.project_id else {}
    page = render_template(
        "finance_reports/statements.html",
        rows=[row for row in rows[:PAGE_SIZE] if row.key in labels],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        labels=labels,
        buildings=buildings,
        may_make=may_export() and may(Permission.DOCUMENTS_ISSUE),
        period=period,
        where=where,
        errors=wish.errors,
        projects={project.id: project.name for project in projects},
    )
    return page, wish.status


@pages.get("/reports/statements/sales/<sale_id>")
def sale_statement(sale_id: str) -> Answer:
    """A sale: opening, charges and payments with the balance after each, closing, what is still to be paid."""
    return _page("sale", sale_id)


@pages.get("/reports/statements/customers/<customer_id>")
def customer_statement(customer_id: str) -> Answer:
    """The same of a customer, over all his sales."""
    return _page("customer", customer_id)


def _page(whose: str, owner_id: str) -> Answer:
    with reading() as (session, actor):
        wish = Asked(session, actor)
        period = asked_period(session, actor, wish)
        account = _READERS[whose](session, actor, owner_id, period)
    here = {f"{whose}_id": owner_id, "from": period.first, "to": period.last}
    page = render_template(
        "finance_reports/statement.html",
        account=account,
        told=account.told,
        period=period,
        errors=wish.errors,
        move_words=lambda move: move_words(move, "zh" if current_language() == "zh" else "en"),
        pdf_url=url_for(f"finance.{whose}_statement_pdf", **here),
        excel_url=url_for(f"finance.{whose}_statement_xlsx", **here),
    )
    return page, wish.status


@pages.get("/reports/statements/sales/<sale_id>/statement.pdf", endpoint="sale_statement_pdf")
@pages.get("/reports/statements/sales/<sale_id>/statement.xlsx", endpoint="sale_statement_xlsx")
def sale_statement_file(sale_id: str) -> Response:
    """A sale's statement to take along."""
    return _file("sale", sale_id, request.path.rpartition(".")[2])


@pages.get("/reports/statements/customers/<customer_id>/statement.pdf", endpoint="customer_statement_pdf")
@pages.get("/reports/statements/customers/<customer_id>/statement.xlsx", endpoint="customer_statement_xlsx")
def customer_statement_file(customer_id: str) -> Response:
    """A customer's statement to take along."""
    return _file("customer", customer_id, request.path.rpartition(".")[2])


def _file(whose: str, owner_id: str, ending: str) -> Response:
    """Logged; the PDF in the language of the project's papers, the workbook in the reader's."""
    with acting() as (session, reader):
        actor = exporter(reader)
        wish = Asked(session, actor)
        period = asked_period(session, actor, wish)
        for field in wish.errors:
            raise Invalid("report_period_invalid", field=field)
        account = _READERS[whose](session, actor, owner_id, period)
        log_export(session, reader, f"statement_{whose}", rows=len(account.told.moves), path=account.path)
        content = _pdf(session, reader, account) if ending == "pdf" else _excel(reader, account)
    name = f"statement-{account.number}-{period.first}-{period.last}.{ending}"
    return download(content, name, "application/pdf") if ending == "pdf" else download(content, name)


def named(actor: Actor, account: Account) -> str:
    """Whom it is addressed to, shortened for who may not see customers there."""
    if actor.may(Permission.CUSTOMERS_VIEW, account.path) or account.only is None:
        return account.customer
    return _(", ").join(mask_name(name) for name in account.only.buyer_names)


def _pdf(session: Session, actor: Actor, account: Account) -> bytes:
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
    return issue(paper, language=language).pdf


def _excel(actor: Actor, account: Account) -> bytes:
    told, language = account.told, "zh" if current_language() == "zh" else "en"
    span = _("%(first)s to %(last)s", first=day(told.period.first), last=day(told.period.last))
    columns = [
        Column(_("Booked on"), "day"),
        Column(_("Particulars")),
        Column(_("Home no.")),
        Column(_("Receipt no.")),
        Column(_("Charged"), "money"),
        Column(_("Paid"), "money"),
        Column(_("Balance"), "money"),
    ]
    rows: list[list[Any]] = [[None, _("Opening balance"), None, None, None, None, told.opening_fen]]
    for move, balance in told.balances():
        label = account.labels.get(move.sale_id or "")
        words = move_words(move, "zh" if language == "zh" else "en")
        home = label.unit_label if label else None
        rows.append([move.on, words, home, move.number, move.charged_fen, move.paid_fen, balance])
    total = [None, _("Closing balance"), None, None, told.charged_fen, told.paid_fen, told.closing_fen]
    return workbook(_("Statement"), [named(actor, account), account.title, span], columns, rows, total)
