"""Payment plan templates (付款方式) of a project: proposed in versions, approved by a second person, then used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from ledger.finance.errors import PlanInvalid, PlanMissing, PlanNotUsable
from ledger.finance.kinds import PlanKind
from ledger.finance.models import PaymentPlanLine, PaymentPlanTemplate
from ledger.finance.plans import PlanLine, PlannedLine, Share, Trigger, build_lines, check_lines
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.organisation.parameters import LOAN_ROUNDING_FEN, REVIEW_PLANS
from ledger.organisation.queries import parameter
from ledger.reviews.marks import require_unmarked
from ledger.scope import get_scoped, scoped
from ledger.staff.permissions import Permission


def propose_plan(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    code: str,
    kind: PlanKind | str,
    labels: Mapping[str, str],
    lines: Sequence[PlanLine],
) -> PaymentPlanTemplate:
    """A new plan, or a new version of the plan with that code; not usable until approved.

    ``labels`` maps languages to names. Raises `PlanInvalid` naming the line.
    """
    project = get_scoped(session, actor, Project, Permission.PRICES_PROPOSE, project_id)
    if not code.strip() or not any(name.strip() for name in labels.values()):
        raise PlanInvalid("plan_without_name", field="code" if not code.strip() else "labels")
    kind = PlanKind(kind)
    check_lines(kind, lines)
    template = PaymentPlanTemplate(
        project_id=project.id,
        path=project.path,
        code=code.strip(),
        version=_next_version(session, project.id, code.strip()),
        kind=kind,
        labels=dict(labels),
        state="draft",
        proposed_by=actor.id,
        proposed_at=clock.now(),
    )
    session.add(template)
    session.flush()  # The lines need its id.
    session.add_all(_line_row(template, position, line) for position, line in enumerate(lines, start=1))
    session.flush()  # So that readers in this transaction find them in order.
    after = {"code": template.code, "version": template.version, "kind": kind}
    audit.record(
        session, actor, clock, "plans:propose", "payment_plan", template.id, path=project.path, after=after
    )
    return template


def _next_version(session: Session, project_id: str, code: str) -> int:
    query = select(func.max(PaymentPlanTemplate.version)).where(
        PaymentPlanTemplate.project_id == project_id, PaymentPlanTemplate.code == code
    )
    return (session.scalar(query) or 0) + 1


def _line_row(template: PaymentPlanTemplate, position: int, line: PlanLine) -> PaymentPlanLine:
    return PaymentPlanLine(
        template_id=template.id,
        position=position,
        kind=line.kind,
        share_kind=line.share.kind,
        share_value=line.share.value,
        inclusive=line.share.inclusive,
        cap_fen=line.share.cap_fen,
        trigger_kind=line.trigger.kind,
        days=line.trigger.days,
        due_on=line.trigger.on,
        milestone=line.trigger.milestone,
    )


def approve_plan(session: Session, actor: Actor, clock: Clock, *, template_id: str) -> PaymentPlanTemplate:
    """A second person approves; earlier versions of the code are retired. Approving twice is once.

    Raises `NotAllowed` for the person who proposed it and `PlanNotUsable` for a retired one.
    """
    template = _locked(session, actor, Permission.PRICES_APPROVE, template_id)
    if template.state == "retired":
        raise PlanNotUsable("plan_retired", field="template_id")
    if template.state == "approved":
        return template
    if template.proposed_by in (actor.id, actor.on_behalf_of):
        raise NotAllowed("approver_is_proposer", field="template_id")
    template.state, template.approved_by, template.approved_at = "approved", actor.id, clock.now()
    earlier = select(PaymentPlanTemplate).where(
        PaymentPlanTemplate.project_id == template.project_id,
        PaymentPlanTemplate.code == template.code,
        PaymentPlanTemplate.state == "approved",
        PaymentPlanTemplate.id != template.id,
    )
    for old in session.scalars(earlier):
        old.state = "retired"
    audit.record(session, actor, clock, "plans:approve", "payment_plan", template.id, path=template.path)
    return template


def retire_plan(session: Session, actor: Actor, clock: Clock, *, template_id: str) -> PaymentPlanTemplate:
    """End a plan's use for new sales; schedules made with it stand.

    Raises `PlanNotUsable` for a draft, `ReviewNeeded` while plans are marked.
    """
    template = _locked(session, actor, Permission.PRICES_APPROVE, template_id)
    if template.state == "draft":
        raise PlanNotUsable("plan_not_approved", field="template_id")
    require_unmarked(session, actor, clock, REVIEW_PLANS, template.path)
    template.state = "retired"
    audit.record(session, actor, clock, "plans:retire", "payment_plan", template.id, path=template.path)
    return template


def _locked(session: Session, actor: Actor, permission: str, template_id: str) -> PaymentPlanTemplate:
    query = scoped(actor, PaymentPlanTemplate, permission).where(PaymentPlanTemplate.id == template_id)
    template = session.scalars(locked(query, PaymentPlanTemplate)).one_or_none()
    if template is None:
        raise PlanMissing(field="template_id", id=template_id)
    return template


def list_plans(
    session: Session, actor: Actor, *, project_id: str, usable_only: bool = True
) -> list[PaymentPlanTemplate]:
    """A project's plans by code and version: the usable ones, or all with their history."""
    query = scoped(actor, PaymentPlanTemplate, Permission.UNITS_VIEW).where(
        PaymentPlanTemplate.project_id == project_id
    )
    if usable_only:
        query = query.where(PaymentPlanTemplate.state == "approved")
    return list(session.scalars(query.order_by(PaymentPlanTemplate.code, PaymentPlanTemplate.version)))


def get_plan(session: Session, actor: Actor, template_id: str) -> PaymentPlanTemplate:
    """A plan by id. Raises `Missing` when there is none or it lies outside the scope."""
    return get_scoped(session, actor, PaymentPlanTemplate, Permission.UNITS_VIEW, template_id)


def plan_lines(session: Session, template_id: str) -> list[PlanLine]:
    """The lines of a template in order."""
    return lines_of_plans(session, [template_id]).get(template_id, [])


def lines_of_plans(session: Session, template_ids: Iterable[str]) -> dict[str, list[PlanLine]]:
    """The lines of several templates, each in order, in one query."""
    query = select(PaymentPlanLine).where(PaymentPlanLine.template_id.in_(list(template_ids)))
    found: dict[str, list[PlanLine]] = defaultdict(list)
    for row in session.scalars(query.order_by(PaymentPlanLine.position)):
        share = Share(row.share_kind, row.share_value, row.inclusive, row.cap_fen)
        trigger = Trigger(row.trigger_kind, row.days, row.due_on, row.milestone)
        found[row.template_id].append(PlanLine(row.kind, share, trigger))
    return found


def usable_plan(session: Session, template_id: str, project_id: str) -> list[PlanLine]:
    """The lines of a plan that may be used in a project now; raises `PlanMissing`, `PlanNotUsable`.

    A version that was replaced after the buyer chose it may still be signed: it was approved once.
    """
    template = session.get(PaymentPlanTemplate, template_id)
    if template is None or template.project_id != project_id:
        raise PlanMissing(field="template_id", id=template_id)
    if template.state == "draft":
        raise PlanNotUsable("plan_not_approved", field="template_id")
    return plan_lines(session, template_id)


def apply_plan(
    session: Session, template_id: str, project_id: str, total_fen: int, deposit_fen: int, signed_on: date
) -> tuple[PlannedLine, ...]:
    """A usable plan's lines for a total, loans rounded down to the project's step; raises as `usable_plan`."""
    lines = usable_plan(session, template_id, project_id)
    path = session.scalars(select(Project.path).where(Project.id == project_id)).one()
    step = parameter(session, path, LOAN_ROUNDING_FEN, signed_on)
    return build_lines(lines, total_fen, deposit_fen=deposit_fen, signed_on=signed_on, loan_step_fen=step)


def preview_plan(
    session: Session,
    actor: Actor,
    *,
    template_id: str,
    total_fen: int,
    deposit_fen: int = 0,
    signed_on: date,
) -> tuple[PlannedLine, ...]:
    """What a plan would ask for at a total, for quotes (置业计划书); raises `PlanMissing`, `PlanNotUsable`."""
    template = get_scoped(session, actor, PaymentPlanTemplate, Permission.UNITS_VIEW, template_id)
    return apply_plan(session, template.id, template.project_id, total_fen, deposit_fen, signed_on)
