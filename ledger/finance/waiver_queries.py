"""The requests to let a buyer off, as his account shows them: how much, why, what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.interest_models import Waiver, WaiverEvent
from ledger.finance.kinds import ReceivableKind, WaiverKind
from ledger.finance.models import Receivable
from ledger.sales.models import Sale
from ledger.scope import visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class WaiverRow:
    """A request in a list; ``state`` is asked, granted, refused, withdrawn or lapsed."""

    id: str
    kind: WaiverKind
    line_kind: ReceivableKind | None
    amount_fen: int
    reason: str
    requested_on: date
    requested_by: str
    state: str
    decided_on: date | None
    approvers: tuple[str, ...]
    why: str | None
    instance_id: str | None


def list_waivers(session: Session, actor: Actor, sale_id: str, *, limit: int = 50) -> list[WaiverRow]:
    """A sale's requests, latest first, in one query; seen by whoever sees the sale's money."""
    query = (
        select(Waiver, WaiverEvent, Receivable.kind)
        .join(Sale, Sale.id == Waiver.sale_id)
        .outerjoin(WaiverEvent, WaiverEvent.waiver_id == Waiver.id)
        .outerjoin(Receivable, Receivable.id == Waiver.receivable_id)
        .where(Waiver.sale_id == sale_id, visible(actor, Sale, Permission.FINANCE_VIEW))
        .order_by(Waiver.requested_at.desc(), Waiver.id.desc())
        .limit(limit)
    )
    return [
        WaiverRow(
            row.id,
            row.kind,
            line_kind,
            row.amount_fen,
            row.reason,
            row.requested_on,
            row.requested_by,
            event.kind if event else "asked",
            event.on_date if event else None,
            tuple(event.approvers) if event else (),
            event.reason if event else None,
            row.instance_id,
        )
        for row, event, line_kind in session.execute(query)
    ]
