"""The verbs of the approval process: who decides next, what was decided, reminders (DOMAIN §9).

The applicant never approves his own case, one person takes one step, and the step of a role that nobody else
holds goes to the next higher role, with the vacancy noted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sqlalchemy.orm import Session

from engine.api import BusinessError, Context, NotAllowed, handler
from handlers.shared import end_of_day, instant_text, today, working_day_after
from handlers.telling import tell_staff
from ledger.sales.models import Sale
from ledger.scope import paths_above
from ledger.staff.queries import holders

NOBODY = "approval.find_step.nobody"
#: Who answers for a role that is vacant everywhere above the case.
HIGHER_ROLE = {
    "sales_manager": "project_gm",
    "project_gm": "city_gm",
    "city_marketing": "city_gm",
    "city_finance": "city_gm",
    "finance_manager": "city_finance",
    "legal": "city_gm",
    "city_gm": "group_pricing",
}

Decision = Literal["approved", "returned", "rejected"]


@dataclass(frozen=True)
class Vacancy:
    """A step (counted from 0) whose role nobody else holds, and the role that answers instead."""

    step: int
    role: str
    instead: str


@dataclass(frozen=True)
class Opinion:
    """What somebody decided at a step, with the instant in UTC."""

    step: int
    role: str
    by: str
    decision: Decision
    opinion: str | None
    at: str


@dataclass(frozen=True)
class BeginIn:
    """What is asked for, and about which thing."""

    kind: str
    subject_id: str | None = None


@dataclass(frozen=True)
class BeginOut:
    """A case that nobody has decided yet; ``outcome`` stands if nobody needs to. The floor price is fen."""

    floor_price_fen: int | None
    step: int = 0
    outcome: Decision = "approved"
    opinions: list[Opinion] = field(default_factory=list)
    deciders: list[str] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    expires_at: str | None = None


@handler("approval.begin")
def begin(data: BeginIn, ctx: Context) -> BeginOut:
    """Open the case and gather what only its approvers may see: the floor price (底价) of a discounted sale."""
    sale = ctx.session.get(Sale, data.subject_id) if data.kind == "discount" and data.subject_id else None
    return BeginOut(floor_price_fen=sale.floor_price_fen if sale else None)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What messages say of a case: the project, the home and the number of what is asked for."""

    path: str
    project: str | None = None
    unit: str | None = None
    subject_no: str | None = None

    def words(self) -> dict[str, object]:
        """The marks of the templates about approvals."""
        return {"project": self.project or "", "unit": self.unit or "", "number": self.subject_no or ""}


@dataclass(frozen=True, kw_only=True)
class FindStepIn(Asked):
    """The case: roles in order, how many have decided, who applied and who has decided."""

    approvers: list[str]
    step: int
    applicants: list[str]
    deciders: list[str]
    vacancies: list[Vacancy]
    approval_reminder_hours: int
    approval_expiry_days: int
    zone: str = "Asia/Shanghai"
    expires_at: str | None = None


@dataclass(frozen=True)
class FindStepOut:
    """Who is asked next; ``step_role`` is None when everybody has decided. Instants are UTC."""

    step_role: str | None
    excluded: list[str]
    vacancies: list[Vacancy]
    remind_at: str
    expires_at: str


@handler("approval.find_step", errors={NOBODY})
def find_step(data: FindStepIn, ctx: Context) -> FindStepOut:
    """The role that decides next, passing vacant ones on to the next higher role.

    Raises the business error `NOBODY` when no role up to the top has anybody who may decide.
    """
    excluded = sorted({*data.applicants, *data.deciders})
    remind_at = ctx.clock.now() + timedelta(hours=data.approval_reminder_hours)
    expires = end_of_day(working_day_after(ctx, data.approval_expiry_days, data.zone), data.zone)
    expires_at = data.expires_at or instant_text(expires)
    if data.step >= len(data.approvers):
        return FindStepOut(None, excluded, data.vacancies, instant_text(remind_at), expires_at)
    planned = data.approvers[data.step]
    role = _held_role(ctx, planned, data, excluded)
    vacancies = data.vacancies
    if role != planned and data.step not in {vacancy.step for vacancy in vacancies}:
        vacancies = [*vacancies, Vacancy(data.step, planned, role)]
        tell_staff(ctx, "approval_vacant", role, data.path, data.words(), part=str(data.step))
    return FindStepOut(role, excluded, vacancies, instant_text(remind_at), expires_at)


def _held_role(ctx: Context, planned: str, data: FindStepIn, excluded: list[str]) -> str:
    role: str | None = planned
    while role is not None:
        if eligible(ctx.session, role, data.path, excluded, ctx, data.zone):
            return role
        role = HIGHER_ROLE.get(role)
    raise BusinessError(NOBODY, role=planned, path=data.path)


def eligible(session: Session, role: str, path: str, excluded: list[str], ctx: Context, zone: str) -> list[str]:
    """The staff ids that hold a role for a path, at it or anywhere above, without the excluded ones."""
    on = today(ctx, zone)
    found = {person for node in paths_above(path) for person in holders(session, role, node, on)}
    return sorted(found - set(excluded))


@dataclass(frozen=True)
class RecordOpinionIn:
    """A decision with what came before it."""

    decision: Decision
    step: int
    step_role: str
    applicants: list[str]
    opinions: list[Opinion]
    deciders: list[str]
    opinion: str | None = None
    remark: str | None = None


@dataclass(frozen=True)
class RecordOpinionOut:
    """The case after the decision; ``outcome`` is final unless it is approved and roles are left."""

    outcome: Decision
    step: int
    opinions: list[Opinion]
    deciders: list[str]


@handler("approval.record_opinion")
def record_opinion(data: RecordOpinionIn, ctx: Context) -> RecordOpinionOut:
    """Add a decision to the case.

    Raises `NotAllowed` for the applicant, for whoever has decided already, and for whoever got the task by
    re-assignment without holding the role that has to decide.
    """
    people = {ctx.actor.id, ctx.actor.on_behalf_of} - {None}
    if people & set(data.applicants):
        raise NotAllowed("approver_is_applicant")
    if people & set(data.deciders):
        raise NotAllowed("approver_has_decided")
    if not ctx.actor.is_system and not ctx.actor.has_role(data.step_role, ctx.scope):
        raise NotAllowed("approver_lacks_role", role=f"role.{data.step_role}")
    said = Opinion(
        step=data.step,
        role=data.step_role,
        by=ctx.actor.id,
        decision=data.decision,
        opinion=data.opinion or data.remark,
        at=instant_text(ctx.clock.now()),
    )
    return RecordOpinionOut(
        outcome=data.decision,
        step=data.step + 1,
        opinions=[*data.opinions, said],
        deciders=[*data.deciders, ctx.actor.id],
    )


@dataclass(frozen=True, kw_only=True)
class RemindIn(Asked):
    """The role whose decision is waited for, and at which step."""

    step_role: str
    step: int


@handler("approval.remind")
def remind(data: RemindIn, ctx: Context) -> None:
    """Remind the role whose decision is waited for (催办)."""
    tell_staff(ctx, "approval_waiting", data.step_role, data.path, data.words(), part=str(data.step))


@dataclass(frozen=True, kw_only=True)
class UnforeseenIn(Asked):
    """A case that no other row of the approval table foresees."""


@handler("approval.tell_analyst")
def tell_analyst(data: UnforeseenIn, ctx: Context) -> None:
    """Show a case that only the last row of the approval table caught to the business analyst."""
    tell_staff(ctx, "approval_unforeseen", "business_analyst", data.path, data.words())
