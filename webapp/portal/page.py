"""What a buyer's page shows: how far each family is, what to do next, money, papers, the families' cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.customers.consents import PROGRESS, wants
from ledger.documents.models import Document
from ledger.documents.queries import find_documents
from ledger.finance.kinds import Debtor
from ledger.finance.models import Refund
from ledger.finance.queries import SaleAccount, sale_account
from ledger.finance.sale_labels import label_sales
from ledger.progress.kinds import OPTIONAL, STEPS, Family, known_labels
from ledger.progress.models import ProgressStep
from ledger.progress.queries import steps_of
from ledger.sales.stage_models import Contract, Filing
from ledger.staff.models import Staff
from ledger.templates.models import MadePaper
from webapp.acting import clock
from webapp.language import current_language
from webapp.portal.cards import cards_of
from webapp.portal.visit import Visit
from webapp.wording import is_worded, state_name

# What was made for the buyer; an approval sheet or a price list never is.
PAPERS = (
    "area_notice",
    "cancellation_agreement",
    "contract",
    "key_form",
    "move_in_notice",
    "purchase_plan",
    "refund_note",
    "subscription",
    "supplement",
    "title_notice",
)


@dataclass(frozen=True)
class StepView:
    """A step in words. ``state`` is done, stopped, late, open or ahead; ``todo`` is what the buyer has to do."""

    label: str
    state: str
    due_on: date | None = None
    begun_at: datetime | None = None
    ended_on: date | None = None
    reason: str | None = None
    todo: str = ""


@dataclass(frozen=True)
class FamilyView:
    """A family with its steps, those behind and at hand as they came, those ahead in their order."""

    family: str
    label: str
    steps: tuple[StepView, ...]

    @property
    def is_over(self) -> bool:
        """Whether nothing goes on and nothing is ahead."""
        return all(step.state in ("done", "stopped") for step in self.steps)

    @property
    def is_late(self) -> bool:
        """Whether a step is late."""
        return any(step.state == "late" for step in self.steps)


def page_values(session: Session, visit: Visit) -> dict[str, Any]:
    """Everything that the page shows."""
    sale, project = visit.sale, visit.project
    today = business_date(clock(), project.zone)
    families = families_of(steps_of(session, [sale.id]).get(sale.id, []), today)
    account = sale_account(session, SYSTEM, sale.id, today)
    cards = cards_of(session, visit)
    owner = session.get(Staff, sale.owner_id)
    return {
        "visit": visit,
        "label": label_sales(session, [sale.id])[sale.id],
        "families": families,
        "account": account,
        "buyers_due": _buyers_due(account),
        "cards": cards,
        "todos": _todos(families, account, [(name, card.title, card.todo) for name, card in cards]),
        "papers": papers_of(session, sale.id),
        "contract": session.scalars(select(Contract).where(Contract.sale_id == sale.id)).one_or_none(),
        "filing": session.scalars(select(Filing).where(Filing.sale_id == sale.id)).one_or_none(),
        "consultant": owner.display_name if owner else "",
        "gets_messages": wants(visit.buyer, PROGRESS),
        "today": today,
    }


def families_of(steps: Sequence[ProgressStep], today: date) -> list[FamilyView]:
    """The families that have begun, each with its steps; clerks and buyers are shown the same."""
    found: dict[Family, list[StepView]] = {}
    for step in steps:
        found.setdefault(step.family, []).append(_shown(step, today))
    return [
        FamilyView(
            family.value,
            state_name(f"progress_family.{family.value}"),
            (*shown, *_ahead(family, [one for one in steps if one.family == family])),
        )
        for family, shown in found.items()
    ]


def papers_of(session: Session, sale_id: str) -> list[Document]:
    """The papers of a sale that are its buyers' to read."""
    found = find_documents(session, SYSTEM, subject="sale", subject_ids=[sale_id])
    others = _notes_of_others(session, sale_id)
    return [paper for paper in found if paper.kind in PAPERS and paper.id not in others]


def _notes_of_others(session: Session, sale_id: str) -> set[str]:
    """Refund notes of what went to a bank or a fund centre: not the buyer's."""
    query = (
        select(MadePaper.id)
        .join(Refund, Refund.id == MadePaper.about_id)
        .where(MadePaper.subject_id == sale_id, Refund.payee_role != Debtor.BUYER)
    )
    return set(session.scalars(query))


def label_of(labels: dict[str, str]) -> str:
    """What a step is called in the reader's language."""
    return labels.get(current_language()) or labels.get("en") or next(iter(labels.values()), "")


def _shown(step: ProgressStep, today: date) -> StepView:
    state = step.outcome.value if step.outcome else "open"
    if state == "open" and (step.delayed_at is not None or (step.due_on is not None and step.due_on < today)):
        state = "late"
    todo = f"portal_todo.{step.family.value}.{step.step}"
    asks = state in ("open", "late") and is_worded(todo)
    return StepView(
        label_of(step.labels),
        state,
        step.due_on,
        step.begun_at,
        step.ended_on,
        step.delay_reason if state == "late" else None,
        state_name(todo) if asks else "",
    )


def _ahead(family: Family, steps: Sequence[ProgressStep]) -> list[StepView]:
    """The steps that come after the last that has begun; none once the family was stopped or is over."""
    order = list(STEPS[family])
    begun = [order.index(one.step) for one in steps if one.step in order]
    last = steps[-1]
    if not begun or (last.outcome is not None and last.outcome.value == "stopped"):
        return []
    ahead = [code for code in order[max(begun) + 1 :] if (family, code) not in OPTIONAL]
    return [StepView(label_of(known_labels(family, code) or {}), "ahead") for code in ahead]


def _buyers_due(account: SaleAccount) -> int:
    """Fen that the buyer has to pay now: what is due of lines that are not the bank's or the fund's."""
    return sum(line.open_fen for line in account.lines if line.is_due and line.debtor.value == "buyer")


def _todos(
    families: Sequence[FamilyView], account: SaleAccount, cards: Sequence[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """What the buyer has to do: where it stands on the page, about what, in a sentence."""
    found = []
    if _buyers_due(account):
        found.append(("money", _("Payments"), _("Pay what is due now.")))
    found += [(f"card-{name}", title, todo) for name, title, todo in cards if todo]
    for family in families:
        found += [(f"family-{family.family}", one.label, one.todo) for one in family.steps if one.todo]
    unique: dict[str, tuple[str, str, str]] = {}
    for one in found:  # A card leads to where it can be done, so the step does not say it a second time.
        unique.setdefault(one[2], one)
    return list(unique.values())
