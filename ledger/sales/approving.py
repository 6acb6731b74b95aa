"""The approval of a sale's terms, as its process found it: of one content, by others than the applicant."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.sales.acts import Act, require_stage
from ledger.sales.errors import ApprovalMissing, ApprovalStale, ApproverIsApplicant
from ledger.sales.models import Sale, SaleApproval, SaleTerms
from ledger.staff.permissions import Permission


def approve_terms(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    content_hash: str,
    approvers: Sequence[str],
    reference: str,
    key: str | None = None,
) -> Sale:
    """Note that ``approvers`` (staff ids, in their order) approved the terms with this hash.

    ``reference`` is the process instance that asked them. The permission ``sales:approve`` belongs to no role:
    the process calls this as the system. Raises `ApprovalStale` when the terms have changed since,
    `ApproverIsApplicant` when the sale's consultant is among the approvers or one person took two steps.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("terms_approved", sale_id=sale_id):
        return earlier
    sale, _unit = act.lock(sale_id, Permission.SALES_APPROVE)
    require_stage(sale, "approve_terms", "subscribing")
    terms = session.get(SaleTerms, (sale.id, sale.terms_version)) if sale.terms_version else None
    if terms is None or terms.content_hash != content_hash:
        raise ApprovalStale(sale_id=sale.id, no=sale.no, version=sale.terms_version)
    if not approvers:
        raise ApprovalMissing("approvers_missing", field="approvers", sale_id=sale.id, no=sale.no)
    if sale.owner_id in approvers or len(set(approvers)) != len(approvers):
        raise ApproverIsApplicant(field="approvers", sale_id=sale.id, no=sale.no)
    session.add(
        SaleApproval(
            sale_id=sale.id,
            version=terms.version,
            content_hash=content_hash,
            approvers=list(approvers),
            reference=reference[:80],
            at=clock.now(),
        )
    )
    sale.approved_version = terms.version
    details = {"version": terms.version, "approvers": list(approvers), "reference": reference}
    act.note(sale, "terms_approved", details=details)
    return sale
