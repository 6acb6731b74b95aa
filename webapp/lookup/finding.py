"""Searches behind pick fields, each within what the reader may see; at most `MOST` choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.customers.queries import list_customers
from ledger.customers.rows import CustomerRow
from ledger.customers.search import search
from ledger.finance.queries import ReceiptFilter, list_receipts
from ledger.finance.sale_labels import find_sales
from ledger.finance.templates import list_plans
from ledger.inventory.queries import Cell, UnitFilter, find_units
from ledger.mortgages.queries import products_at
from ledger.organisation.queries import list_projects, names_of_paths, project_at
from ledger.sales.offers import list_offers
from ledger.sales.queries import find_queue_batches
from ledger.staff.permissions import Permission
from ledger.staff.queries import find_anybody, list_staff
from webapp.formatting import area, money, money_short, percent
from webapp.language import current_language
from webapp.wording import word

MOST = 12


@dataclass(frozen=True)
class Asked:
    """What was typed, at which organisation node the form stands, and the clock."""

    text: str
    path: str
    clock: Clock


@dataclass(frozen=True)
class Choice:
    """A choice: its id, the words that then stand in the field, and a quiet second line."""

    id: str
    words: str
    sub: str | Markup = ""


Finder = Callable[[Session, Actor, Asked], list[Choice]]


def customers(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """By name, pinyin, the end of a phone or ID number; the first by name when nothing is typed."""
    if asked.text:
        rows: list[CustomerRow] = search(session, actor, asked.text, limit=MOST)
    else:
        rows = list_customers(session, actor, path=asked.path, limit=MOST)
    return [Choice(row.id, row.name, row.phone or "") for row in rows]


def units(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """Units for sale by number, with the building before it if typed: ``3-1201``, ``3栋 1201``."""
    building, unit_no = _building_and_number(asked.text)
    project = project_at(session, asked.path)
    wanted = UnitFilter(project_id=project.id if project else None, state="available", text=unit_no)
    limit = MOST if not building else MOST * 20
    cells = find_units(session, actor, wanted, clock=asked.clock, limit=limit)
    fitting = [cell for cell in cells if building in cell.building.lower()][:MOST]
    return [Choice(cell.unit_id, cell.label, _about(cell)) for cell in fitting]


def _about(cell: Cell) -> Markup:
    parts = (area(cell.building_area_hundredths), cell.layout, money_short(cell.list_price_fen))
    return Markup(" · ").join(part for part in parts if part)


def _building_and_number(text: str) -> tuple[str, str]:
    building, _, unit_no = text.lower().replace("-", " ").strip().rpartition(" ")
    return building.strip(), unit_no


def plans(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """The payment plans that may be used in the project."""
    project = project_at(session, asked.path)
    if project is None:
        return []
    found = []
    for plan in list_plans(session, actor, project_id=project.id):
        name = str(plan.labels.get(current_language()) or plan.labels.get("en") or plan.code)
        found.append(Choice(plan.id, name, word(f"plan_kind.{plan.kind}")))
    return _containing(found, asked.text)


def people(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """Members of staff whom the reader may see."""
    return [Choice(s.id, s.display_name, s.username) for s in list_staff(session, actor, text=asked.text)[:MOST]]


def colleagues(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """Everybody else who works in the house."""
    found = find_anybody(session, asked.text, MOST + 1)
    return [Choice(s.id, s.display_name, s.username) for s in found if s.id != actor.id][:MOST]


def projects(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """Projects in the reader's scope."""
    rows = list_projects(session, actor)
    names = names_of_paths(session, {row.path for row in rows})
    return _containing([Choice(row.id, names.get(row.path, row.code), row.code) for row in rows], asked.text)


def batches(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """Queue batches that still give out numbers."""
    project = project_at(session, asked.path)
    rows = find_queue_batches(session, actor, project_id=project.id if project else None)
    return _containing([Choice(row.id, row.name, row.code) for row in rows if row.state == "open"], asked.text)


def offers(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """The discount offers that may be given in the project today."""
    project = project_at(session, asked.path)
    if project is None:
        return []
    rows = list_offers(session, actor, project.id, on=business_date(asked.clock, project.zone))
    return _containing([Choice(row.id, row.name, row.code) for row in rows], asked.text)


def receipts(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """Confirmed receipts by number, sale number or payer."""
    project = project_at(session, asked.path)
    where = ReceiptFilter(
        project_id=project.id if project else None, confirmed=True, reversed=False, search=asked.text
    )
    rows = list_receipts(session, actor, where, limit=MOST)
    return [
        Choice(row.id, row.number or row.id, Markup(" · ").join((row.payer, money(row.amount_fen))))
        for row in rows
    ]


def sales(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """Sales by number, unit number or buyer's name."""
    rows = find_sales(session, actor, asked.text, path=asked.path, limit=MOST)
    return [Choice(row.sale_id, f"{row.unit_label} · {row.no}", "、".join(row.buyer_names)) for row in rows]


def loan_products(session: Session, actor: Actor, asked: Asked) -> list[Choice]:
    """What banks and fund centres lend at the project."""
    if not actor.may(Permission.UNITS_VIEW, asked.path):
        return []
    found = products_at(session, asked.path)
    named = [Choice(one.id, f"{bank.name} · {one.name}", percent(one.max_share_bp)) for one, bank in found]
    return _containing(named, asked.text)


def _containing(choices: list[Choice], text: str) -> list[Choice]:
    part = text.lower()
    return [c for c in choices if part in f"{c.words} {c.sub}".lower()][:MOST]


FINDERS: dict[str, Finder] = {
    "customer": customers,
    "unit": units,
    "plan": plans,
    "staff": people,
    "colleague": colleagues,
    "project": projects,
    "batch": batches,
    "offer": offers,
    "receipt": receipts,
    "sale": sales,
    "loan_product": loan_products,
}
