"""Making a paper of a sale: its values read from the ledger, and those that its maker adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from ledger.finance.models import Refund
from ledger.finance.receipt_queries import receipt_numbers
from ledger.templates import words
from ledger.templates.catalogue import kind_of
from ledger.templates.errors import KindUnknown
from ledger.templates.filling import check_values
from ledger.templates.kinds import Language
from ledger.templates.making import Order, order_paper
from ledger.templates.models import MadePaper
from ledger.templates.sale_values import SaleValues

SUBJECT = "sale"
_OWN_NUMBERS = {"subscription": "subscription_no", "contract": "contract_no"}
_OWN_DAYS = {"subscription": "subscribed_on", "contract": "signed_on"}


def order_sale_paper(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    kind: str,
    sale_id: str,
    key: str,
    subject_id: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> MadePaper:
    """Note that a paper of a sale is made; once for each ``key``.

    ``extra`` are values that the maker knows better than the ledger: of variables of the kind and of their types.
    Raises `KindUnknown`, `ExtraUnknown`, `Missing` for no such sale, `TextRefused` by line for what has no value.
    """
    found = session.scalars(select(MadePaper).where(MadePaper.key == key)).one_or_none()
    if found is not None:
        return found
    values, language, gathered = sale_paper_values(session, actor, clock, kind, sale_id, subject_id, extra)
    day = values.get(_OWN_DAYS.get(kind, ""))
    return order_paper(
        session,
        actor,
        clock,
        Order(
            kind=kind,
            key=key,
            subject=SUBJECT,
            subject_id=sale_id,
            about_id=subject_id,
            path=gathered.sale.path,
            issued_on=type(gathered.today).fromisoformat(day) if day else gathered.today,
            language=language,
            values=values,
            number=values.get(_OWN_NUMBERS.get(kind, "")),
            owner_id=gathered.sale.owner_id,
            customer_id=gathered.sale.customer_id,
        ),
    )


def sale_paper_values(
    session: Session,
    actor: Actor,
    clock: Clock,
    kind: str,
    sale_id: str,
    subject_id: str | None,
    extra: Mapping[str, Any] | None,
    language: Language | None = None,
    *,
    masked: bool = False,
) -> tuple[dict[str, Any], Language, SaleValues]:
    """The values of a sale's paper that its kind knows, the paper's language, and the sale they were read from.

    ``masked`` shows stars for what leads to a person.
    """
    about = kind_of(kind)
    if not about.of_sale:
        raise KindUnknown("paper_kind_not_of_sale", field="kind", kind=kind)
    given = {name: value for name, value in (extra or {}).items() if value is not None}
    check_values(about, given)
    gathered = SaleValues(session, actor, clock, sale_id, language, masked=masked)
    known = {variable.name for variable in about.variables}
    told = {**gathered.of(kind), **_of_subject(session, kind, subject_id, gathered.language)}
    values = {name: value for name, value in told.items() if name in known}
    return {**values, **given}, gathered.language, gathered


def _of_subject(session: Session, kind: str, subject_id: str | None, language: Language) -> dict[str, Any]:
    """What the thing that the paper tells of says itself."""
    if kind != "refund_note" or subject_id is None:
        return {}
    refund = session.get(Refund, subject_id)
    if refund is None:
        return {}
    number = receipt_numbers(session, SYSTEM, [refund.receipt_id]).get(refund.receipt_id)
    return {
        "payee": refund.payee,
        "refund": refund.amount_fen,
        "receipt_no": number,
        "refund_account": words.named(words.ACCOUNTS, refund.account, language),
        "reason": refund.reason,
    }
