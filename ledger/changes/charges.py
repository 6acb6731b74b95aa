"""What a change of a signed price does to tax and maintenance fund that the project collects (契税、维修基金)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ledger.changes.kind import Does, MoneyLine, Standing
from ledger.finance.accounts import settled_by_receivable
from ledger.finance.models import Receivable
from ledger.finance.operations import rebase_charges
from ledger.finance.rebasing import moved_charges
from ledger.finance.receivables import current_schedule
from ledger.sales.acts import Act
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.surveys.queries import settled_area


def charge_lines(standing: Standing, deal_price_fen: int) -> tuple[MoneyLine, ...]:
    """The money effect on charges of another price: what ends, what is counted anew, what is due anew."""
    contract, schedule = standing.contract, current_schedule(standing.session, standing.sale.id)
    if contract is None or schedule is None:
        return ()
    moved = moved_charges(
        standing.session,
        sale_id=standing.sale.id,
        path=standing.sale.path,
        price_fen=schedule.total_fen + deal_price_fen - contract.total_fen,
        area_hundredths=charged_area(standing.session, contract),
        signed_on=contract.signed_on,
    )
    paid = settled_by_receivable(standing.session, [old.id for old, _ in moved])
    ends = [_line("ends", old, old.amount_fen) for old, _ in moved]
    counted = [_line("credited", old, paid[old.id]) for old, _ in moved if paid.get(old.id)]
    return (*ends, *counted, *(_line("due", old, charge.amount_fen) for old, charge in moved))


def rebase_on_price(act: Act, sale: Sale, contract: Contract, total_fen: int) -> Sequence[Receivable]:
    """Raise the charges anew on a contract's new total, at the rates of signing; returns what is raised."""
    return rebase_charges(
        act.session,
        act.actor,
        act.clock,
        sale_id=sale.id,
        price_fen=total_fen,
        area_hundredths=charged_area(act.session, contract),
        signed_on=contract.signed_on,
    )


def charged_area(session: Session, contract: Contract) -> int:
    """The building area that the maintenance fund follows: the settled one once a settlement is posted."""
    return settled_area(session, contract.sale_id) or contract.building_area_hundredths


def _line(does: Does, row: Receivable, fen: int) -> MoneyLine:
    day = row.due_on.isoformat() if row.due_on else None
    return MoneyLine(does, str(row.kind), fen, day, str(row.debtor))
